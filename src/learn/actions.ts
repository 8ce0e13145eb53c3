import type { Activity } from '../docker/api/activity.ts';
import { type RunningCommand, runningCommands } from '../docker/compose/running-commands.ts';
import type { Clock } from '../run/clock.ts';
import { canContinue, type Happened, nameAndEvent, startsCreated } from './same-command.ts';
import type { Action, LearnState } from './state.ts';

export interface ActionsOptions {
  /** The learner's folder. */
  readonly dir: string;
  readonly clock: Clock;
  state(): LearnState;
  /** Looks while it is still determined who caused a change, if there is something to look at. `changedMs`: the time of the change on our clock. */
  look(changedMs: number): boolean;
  /** Does the work after the work before. */
  inOrder(work: () => void | Promise<void>): void;
  /** Receives what the learner did, as far as it can be seen. */
  acted(action: Action, lookStarted: boolean): void;
}

/** Events of the engine within this time belong to one burst: a command needs longer to start. */
const burstMs = 20;

/** What the learner did, from events of the engine and changes of files. */
export class Actions {
  readonly #options: ActionsOptions;
  #lastChangeAt: string;
  #commands: { readonly atMs: number; readonly running: readonly RunningCommand[] } | undefined;
  /** What the last command has caused so far. */
  readonly #happened = new Map<string, string>();

  constructor(options: ActionsOptions) {
    this.#options = options;
    this.#lastChangeAt = options.clock.time();
  }

  happened({ at, ageMs, kind, what, execId, exitCode }: Activity): void {
    const { look, clock, inOrder, acted, state } = this.#options;
    const started = look(clock.now() - ageMs);
    if (kind === 'other') return;
    if (kind === 'exec' || kind === 'exec-end') {
      const ended = exitCode === undefined ? {} : { exitCode };
      inOrder(() => acted({ kind: 'exec', at, what, id: `exec ${execId}`, ...ended }, started));
      return;
    }
    const commands = this.#runningCommands();
    const built = / (?:tag|pull|load)$/.test(what);
    inOrder(() => {
      const { running, lastAction: last } = state();
      const context = { commands, own: running?.line, last, lastChangeAt: this.#lastChangeAt, happened: this.#happened };
      const action = attributed({ at, what }, context);
      if (action.id !== last?.id) this.#happened.clear();
      this.#happened.set(...nameAndEvent(what));
      this.#lastChangeAt = at;
      acted({ ...action, built }, started);
    });
  }

  fileChanged(path: string): void {
    const { look, clock, inOrder, acted, state } = this.#options;
    const isLog = path.endsWith('.log');
    // Our own requests are logged too. They are sent only after the learner's were seen.
    if (isLog && !state().checks.some((one) => one.mode === 'once' && one.mark !== 'passed')) return;
    const started = look(clock.now());
    const kind = isLog ? 'traffic' : 'edit';
    inOrder(() => acted({ kind, at: clock.time(), what: path, id: path }, started));
  }

  /** The commands that run now. One reading serves a burst. */
  #runningCommands(): readonly RunningCommand[] {
    const { clock, dir } = this.#options;
    const nowMs = clock.now();
    if (!this.#commands || nowMs - this.#commands.atMs > burstMs) this.#commands = { atMs: nowMs, running: runningCommands(dir) };
    return this.#commands.running;
  }
}

/** A change this long after the one before, without a running command, has another cause; an earlier one if it can be of the same command. */
const sameCommandMs = 2000;

/** Commands that change nothing, and may run for long. */
const observing = /^(?:docker|docker-compose)(?: compose)? (?:.* )?(?:logs|exec|events|stats|attach|top|ps|port|config)(?: |$)/;

interface Context {
  /** The commands that ran in the learner's folder when the change was reported. */
  readonly commands: readonly RunningCommand[];
  /** The line that we run for the learner; omitted: none. */
  readonly own?: string | undefined;
  /** The last action, and the time of the last change: ISO 8601. */
  readonly last?: Action | undefined;
  readonly lastChangeAt: string;
  /** What the last action has caused so far. */
  readonly happened: Happened;
}

/** A change (`at`: ISO 8601, of the engine's clock), with the command that caused it: one that runs, or one that ended just before. */
export function attributed(
  { at, what }: Pick<Activity, 'at' | 'what'>,
  { commands, own, last, lastChangeAt, happened }: Context,
): Action {
  if (own !== undefined) return { kind: 'command', at, what: own, id: own };
  const command = commands.filter(({ line }) => !observing.test(line)).at(-1);
  if (command) return { kind: 'command', at, what: command.line, id: `${command.pid}` };
  // the start of a container is reported when the command has almost ended
  if (last && startsCreated(last, what, happened)) return last;
  const isRecent = last && Date.parse(at) - Date.parse(lastChangeAt) < sameCommandMs;
  const isSame = isRecent && (last.kind === 'command' || last.kind === 'engine') && canContinue(last, what, happened);
  return isSame ? last : { kind: 'engine', at, what, id: at };
}
