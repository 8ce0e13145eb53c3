import { mapTexts, multiLine } from '../../formats/untrusted-text.ts';
import type { LearnSession } from '../session.ts';
import type { LearnState } from '../state.ts';
import type { LearnPageState, Press } from './protocol.ts';

/** What the page receives of a state: it knows the plan already. Verdicts, logs and actions contain text of the learner's stack. */
export function pageState({ plan: _, ...state }: LearnState): LearnPageState {
  return mapTexts(state, multiLine);
}

/** Passes what was pressed on the page to the session. In the terminal, `enter` after the last step ends the program; the page stays open. */
export function pressOnPage(
  press: Press,
  { phase }: Pick<LearnState, 'phase'>,
  session: Pick<LearnSession, 'press' | 'choose'>,
): void {
  if (press.kind === 'go-to') session.choose(press.key);
  else if (press.kind === 'key' && !(press.key === 'enter' && phase === 'finished')) session.press(press.key);
}
