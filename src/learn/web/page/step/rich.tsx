import type { ComponentChildren } from 'preact';

/** A text in which backquotes mark code, as tasks and recaps have them. */
export const rich = (text: string): ComponentChildren =>
  text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
