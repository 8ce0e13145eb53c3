import type { Lang } from '../../lab/text.ts';
import type { Action, CheckState, LearnState } from '../../learn/state.ts';

/** The reasons that were reported why checks are not true, so that only a new one is reported again. */
export interface Reasons {
  /** The check was reported, with its reason. */
  reported(state: LearnState, check: CheckState): void;
  /** The checks, or this one of them, whose reason is new, which count as reported from now on. */
  changed(state: LearnState, only?: string): readonly CheckState[];
}

interface Reason {
  readonly text: string;
  /** The step, and the learner's last command or change of a file, when it was reported. */
  readonly step: string;
  readonly command: string | undefined;
}

/**
 * A reason is what was seen and what to try. It is new if its words differ. The same words with other numbers, addresses or hostnames are new only after
 * another command or change of a file: each request of the learner changes the counts, and each start of a container its address.
 */
export function createReasons(lang: Lang): Reasons {
  const known = new Map<string, Reason>();
  let command: string | undefined;

  const reported = (state: LearnState, check: CheckState): void => {
    const text = reasonOf(check, lang);
    if (text === undefined) known.delete(check.id);
    else known.set(check.id, { text, step: state.at, command: commandOf(state) });
  };
  /** Requests and commands in containers follow one another quickly, and change only counts. */
  const commandOf = ({ lastAction }: LearnState): string | undefined => {
    if (lastAction && isCommand(lastAction)) command = lastAction.id ?? lastAction.at;
    return command;
  };
  const isNew = (state: LearnState, check: CheckState): boolean => {
    const text = reasonOf(check, lang);
    if (text === undefined) return false;
    const before = known.get(check.id);
    if (!before || before.step !== state.at) return true;
    return before.text !== text && (wordsIn(before.text) !== wordsIn(text) || before.command !== commandOf(state));
  };
  return {
    reported,
    changed: (state, only) => {
      commandOf(state);
      const found = state.checks.filter((check) => (only === undefined || only === check.id) && isNew(state, check));
      for (const check of found) reported(state, check);
      return found;
    },
  };
}

const isCommand = ({ kind }: Action): boolean => kind === 'command' || kind === 'engine' || kind === 'edit';

/** Why a check is not true; undefined: it is, or that cannot be judged yet. */
function reasonOf({ mark, verdict }: CheckState, lang: Lang): string | undefined {
  if ((mark !== 'waiting' && mark !== 'lost') || verdict?.outcome !== 'failed') return undefined;
  return `${verdict.actual[lang]}\n${verdict.help[lang]}`;
}

/** A text without its numbers, addresses and hostnames; a list of these is one of them. */
const wordsIn = (text: string): string =>
  text.replace(/\b(?:[0-9a-f]{12,64}|[\d.:/]*\d)\b/g, '#').replace(/#(?:(?:, |、|; )#)+/g, '#');
