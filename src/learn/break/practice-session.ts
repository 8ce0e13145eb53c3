import { LabError } from '../../lab/error.ts';
import type { Fault } from '../../lab/fault.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { planOf } from '../plan.ts';
import { type LearnOptions, type LearnSession, startSession } from '../session.ts';
import { type LearnState, stateAt } from '../state.ts';
import type { LearnPageState, Press } from '../web/protocol.ts';
import type { Repair, RepairStep } from './check-repair.ts';
import { checked, type Progress, solvedIn } from './practice.ts';
import { explanation, practiceTutorial } from './practice-step.ts';

export interface PracticeOptions {
  readonly learning: Omit<LearnOptions, 'listen' | 'save' | 'tutorial'>;
  /** The tutorial with the fault. */
  readonly tutorial: Tutorial;
  readonly fault: Fault;
  /** Of the practice folder. */
  readonly progress: Progress;
  save(progress: Progress): Promise<void>;
  /** Checks the repair on a copy; see `checkRepair`. */
  prove(onStep: (step: RepairStep) => void): Promise<Repair>;
  /** Receives each new state of the page. */
  listen(state: LearnPageState): void;
}

export interface PracticeSession {
  readonly first: LearnPageState;
  /** Does what a key of the page does: a hint, or a check of the repair. Other keys of live mode do nothing here. */
  press(press: Press): void;
  /** See `LearnSession`. */
  lookAgain(): void;
  /** Rejects with the signal's reason on abort, when a check that runs has removed what it made; and with a bug. */
  readonly ended: Promise<unknown>;
}

/** What the page shows besides the session's state. */
interface Around {
  /** The check of the repair runs: the key of the step that it has ended last, or ''. */
  readonly proving?: string;
  /** How the last check ended. */
  readonly note?: Text;
}

/** The state of the page. What to try with a faulty Compose file is left out: it would name the fault. Pure. */
export function practicePage({ plan: _, ...state }: LearnState, { proving, note }: Around): LearnPageState {
  const { fileFault, ...rest } = state;
  return {
    ...rest,
    ...(note && !rest.note ? { note } : {}),
    ...(fileFault ? { fileFault: { seen: fileFault.seen } } : {}),
    ...(proving !== undefined && rest.phase === 'working'
      ? { phase: 'performing', running: { line: 'lab break --check', output: proving } }
      : {}),
  };
}

/** Practice on the page, with the session of live mode: see `practiceTutorial`. */
export function startPractice(options: PracticeOptions): PracticeSession {
  const practice = new Practice(options);
  return {
    first: practice.first,
    press: (press) => practice.press(press),
    lookAgain: () => practice.lookAgain(),
    ended: practice.run(),
  };
}

class Practice {
  readonly first: LearnPageState;
  readonly #options: PracticeOptions;
  readonly #proof = new Map<string, RepairStep>();
  readonly #session: LearnSession;
  #state: LearnState;
  #around: Around = {};
  #progress: Progress;
  /** The check that runs, and each change of the file with the progress, in order. */
  #work: Promise<unknown> = Promise.resolve();
  #failed: (error: unknown) => void = () => undefined;
  readonly #failure: Promise<never>;

  constructor(options: PracticeOptions) {
    const { tutorial, fault, progress, learning } = options;
    this.#options = options;
    this.#progress = progress;
    const practice = practiceTutorial(tutorial, fault, progress.number, () => this.#proof);
    const plan = planOf(practice, fault.stack);
    this.#failure = new Promise((_, reject) => {
      this.#failed = reject;
    });
    this.#failure.catch(() => undefined); // awaited in `run`
    this.#state = { ...stateAt(plan, plan[0]?.key ?? '', {}), hints: progress.hints };
    this.first = practicePage(this.#state, this.#around);
    this.#session = startSession(
      {
        ...learning,
        tutorial: practice,
        // the progress is that of the practice folder
        save: async () => undefined,
        listen: (state) => this.#changed(state),
      },
      this.#state,
    );
  }

  async run(): Promise<void> {
    try {
      await Promise.race([this.#session.ended, this.#failure]);
    } finally {
      await this.#work.catch(() => undefined);
    }
  }

  press(press: Press): void {
    if (press.kind !== 'key' || this.#state.phase !== 'working') return;
    const { note: _, ...around } = this.#around;
    if (press.key === 'hint') {
      this.#around = around;
      this.#session.press('hint');
    } else if (press.key === 'check' && around.proving === undefined) {
      this.#around = { proving: '' };
      this.#inOrder(() => this.#prove());
    }
  }

  lookAgain(): void {
    this.#session.lookAgain();
  }

  #changed(state: LearnState): void {
    this.#state = state;
    this.#emit();
    if (state.hints > this.#progress.hints) this.#save({ hints: state.hints });
  }

  #emit(): void {
    this.#options.listen(practicePage(this.#state, this.#around));
  }

  #inOrder(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
    this.#work.catch((error: unknown) => this.#failed(error));
  }

  #save(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change };
    const next = this.#progress;
    this.#inOrder(() => this.#options.save(next));
  }

  async #prove(): Promise<void> {
    const { prove, learning } = this.#options;
    this.#proof.clear();
    this.#look();
    const ended = (step: RepairStep) => {
      this.#proof.set(step.key, step);
      this.#around = { proving: step.key };
      this.#look();
    };
    try {
      const repair = await prove(ended);
      this.#save(checked(this.#progress, repair, learning.clock.time()));
      this.#around = { note: repair.outcome === 'passed' ? this.#solved() : notYet };
    } catch (error) {
      if (learning.signal.aborted || !(error instanceof LabError)) throw error;
      this.#around = { note: error.text };
    }
    this.#look();
  }

  #solved(): Text {
    return joinTexts([solvedIn(this.#progress), explanation(this.#options.fault)], text('\n', '\n'));
  }

  /** The marks follow from what the check has found. */
  #look(): void {
    this.#emit();
    this.#session.lookAgain();
  }
}

const notYet = text(
  'Not repaired yet: compare with `docker compose ps --all` and `docker compose logs`, or ask for a hint.',
  '還沒有修復：請和 `docker compose ps --all`、`docker compose logs` 的輸出比較，或查看提示。',
);
