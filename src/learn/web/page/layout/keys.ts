import type { PageContent, Press } from '../../protocol.ts';

/** What a key of the keyboard does on the page. */
export type KeyAction =
  | { readonly kind: 'press'; readonly press: Press }
  | { readonly kind: 'dialog'; readonly dialog: 'list' | 'help' }
  | { readonly kind: 'full-screen' | 'region' | 'region-back' };

type Mode = PageContent['mode'];

/** What a step has buttons for, and the keys that do the same. */
export const stepKeys = {
  learn: [
    ['hint', 'h'],
    ['solution', 's'],
    ['perform', 'd'],
    ['check', 'c'],
    ['reset', 'r'],
  ],
  // there is nothing to perform: a solution would be the repair
  break: [
    ['hint', 'h'],
    ['check', 'c'],
  ],
  run: [],
} as const satisfies Readonly<Record<Mode, readonly (readonly [string, string])[]>>;

interface KeyContext {
  readonly mode: Mode;
  /** The focus is where text is typed, or a dialog is open. */
  readonly typing: boolean;
  /** The focus is on something that Enter activates. */
  readonly onControl: boolean;
  /** Keys without a modifier are wanted. */
  readonly shortcuts: boolean;
  /** Whether the learner asks the class for help; omitted: there is no class. */
  readonly asks?: boolean | undefined;
  /** The run stops before its next step. */
  readonly pause: boolean;
  /** The run waits before its next step. */
  readonly waits: boolean;
}

interface KeyStroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Undefined: nothing of the page. */
export function actionOf({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyStroke, context: KeyContext): KeyAction | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  if (key === 'F6') return { kind: shiftKey ? 'region-back' : 'region' };
  if (context.typing || !context.shortcuts) return undefined;
  if (key === 'f') return { kind: 'full-screen' };
  if (key === '?') return { kind: 'dialog', dialog: 'help' };
  if (key === 'l' && context.mode !== 'break') return { kind: 'dialog', dialog: 'list' };
  if (context.mode === 'run') {
    // the space bar does not take a pause back: a second press by mistake would let the run go on to its end
    const continues = key === 'p' ? context.pause : key === ' ' && !context.onControl ? context.waits : undefined;
    return continues === undefined ? undefined : { kind: 'press', press: { kind: continues ? 'continue' : 'pause' } };
  }
  if (key === 'Enter' && context.mode === 'learn' && !context.onControl)
    return { kind: 'press', press: { kind: 'key', key: 'enter' } };
  if (key === 'a' && context.asks !== undefined) return { kind: 'press', press: { kind: 'help', on: !context.asks } };
  const name = stepKeys[context.mode].find(([, one]) => one === key)?.[0];
  return name && { kind: 'press', press: { kind: 'key', key: name } };
}
