import { share, shares } from '../state/settings.ts';
import { usePage, useSession } from '../state/use-page.ts';

interface SeparatorProps {
  readonly setting: 'left' | 'top';
  readonly label: string;
  readonly controls: string;
}

/** A line between two parts that is dragged, or moved with the arrow keys. */
export function Separator({ setting, label, controls }: SeparatorProps) {
  const { store } = useSession();
  const now = usePage((state) => state.settings[setting]);
  const upright = setting === 'left';
  const set = (percent: number) => store.dispatch({ kind: 'set', value: { [setting]: share(percent) } });
  const [less, more] = upright ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { [less as string]: now - shares.step, [more as string]: now + shares.step, Home: shares.least, End: shares.most }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  const onPointerMove = (event: PointerEvent) => {
    const own = event.currentTarget as HTMLElement;
    const around = own.parentElement?.getBoundingClientRect();
    if (!own.hasPointerCapture(event.pointerId) || !around) return;
    set(upright ? (100 * (event.clientX - around.left)) / around.width : (100 * (event.clientY - around.top)) / around.height);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: hr cannot have a value
    <div
      class={`separator ${setting}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-controls={controls}
      aria-valuenow={now}
      aria-valuemin={shares.least}
      aria-valuemax={shares.most}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}
