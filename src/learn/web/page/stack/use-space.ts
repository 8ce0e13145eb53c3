import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

export interface Space {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

/** The space inside an element, and the size of type, as both change. */
export function useSpace(element: RefObject<HTMLElement | null>): Space | undefined {
  const [space, setSpace] = useState<Space>();
  useLayoutEffect(() => {
    const own = element.current;
    if (!own) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = own;
      const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      if (width > 0)
        setSpace((before) =>
          before?.width === width && before.height === height && before.unit === unit ? before : { width, height, unit },
        );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(own);
    // the size of type changes the size of an element of 1 rem
    const type = document.getElementById('type-size');
    if (type) observer.observe(type);
    return () => observer.disconnect();
  }, [element]);
  return space;
}
