import type { ComponentChildren } from 'preact';

/** A key of the keyboard on a button; a screen reader has it from `aria-keyshortcuts`. */
export const Key = ({ children }: { readonly children: ComponentChildren }) => (
  <span class="key" aria-hidden="true">
    {children}
  </span>
);
