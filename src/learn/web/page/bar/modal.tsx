import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { LiveRegion } from '../announce/live-region.tsx';
import { useLanguage } from '../state/use-page.ts';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Its buttons close it. */
  readonly bare?: boolean;
  readonly wide?: boolean;
}

/** A dialog over the page: Escape closes it, and the focus goes back to where it was. */
export function Modal({ title, onClose, children, bare = false, wide = false }: ModalProps) {
  const { words } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const own = dialog.current;
    own?.showModal();
    return () => own?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'modal wide' : 'modal'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {!bare && (
          <button type="button" class="plain" onClick={onClose}>
            {words.close}
          </button>
        )}
      </header>
      {children}
      <LiveRegion />
    </dialog>
  );
}
