import { mapTexts, multiLine } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import type { Fault } from '../../lab/fault.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { labErrorOf } from '../engine-watch.ts';
import { planOf } from '../plan.ts';
import { type LearnOptions, type LearnSession, startSession } from '../session.ts';
import { type LearnState, stateAt } from '../state.ts';
import type { LearnPageState, Press } from '../web/protocol.ts';
import type { Repair, RepairStep } from './check-repair.ts';
import { checked, hinted, type Progress, solvedIn } from './practice.ts';
import { explanation, practiceTutorial } from './practice-step.ts';

export interface PracticeOptions {
  readonly learning: Omit<LearnOptions, 'listen' | 'save' | 'tutorial'>;
  /** The tutorial with the fault. */
  readonly tutorial: Tutorial;
  readonly fault: Fault;
  /** Of the practice folder. */
  readonly progress: Progress;
  /** Saves a change of the progress that the folder has now. */
  update(change: (now: Progress) => Progress): Promise<Progress>;
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
  /** The hints that were shown, on this page or in a terminal. The session's own begin again with the engine. */
  readonly hints: number;
}

/** The state of the page: it has text of the learner's stack. What to try with a faulty Compose file is left out: it would name the fault. Pure. */
export function practicePage({ plan: _, ...state }: LearnState, { proving, note, hints }: Around): LearnPageState {
  const { fileFault, ...rest } = state;
  const page: LearnPageState = {
    ...rest,
    hints,
    ...(note && !rest.note ? { note } : {}),
    ...(fileFault ? { fileFault: { seen: fileFault.seen } } : {}),
    ...(proving !== undefined && rest.phase === 'working'
      ? { phase: 'performing', running: { line: 'lab break --check', output: proving } }
      : {}),
  };
  return mapTexts(page, multiLine);
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
  /** What the page shows of a check. */
  #check: Pick<Around, 'proving' | 'note'> = {};
  #progress: Progress;
  /** The check that runs. */
  #proving: Promise<void> = Promise.resolve();
  /** Each change of the file with the progress, in order. */
  #updates: Promise<void> = Promise.resolve();
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
    this.#state = stateAt(plan, plan[0]?.key ?? '', {});
    this.first = this.#page();
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
      // what a check could not remove is more important than the interrupt
      const [proving] = await Promise.allSettled([this.#proving, this.#updates]);
      if (proving.status === 'rejected' && proving.reason instanceof LabError) await this.#proving;
    }
  }

  press(press: Press): void {
    if (press.kind !== 'key' || this.#state.phase !== 'working') return;
    const { note: _, ...check } = this.#check;
    this.#session.press('other'); // the session's own note ends too
    if (press.key === 'hint') {
      this.#check = check;
      this.#ifFails(this.#update(hinted).then(() => this.#emit()));
    } else if (press.key === 'check' && check.proving === undefined) {
      this.#check = { proving: '' };
      this.#proving = this.#prove();
      this.#ifFails(this.#proving);
    }
  }

  lookAgain(): void {
    this.#session.lookAgain();
  }

  #changed(state: LearnState): void {
    this.#state = state;
    this.#emit();
  }

  #page(): LearnPageState {
    return practicePage(this.#state, { ...this.#check, hints: this.#progress.hints });
  }

  #emit(): void {
    this.#options.listen(this.#page());
  }

  #ifFails(work: Promise<void>): void {
    work.catch((error: unknown) => this.#failed(error));
  }

  #update(change: (now: Progress) => Progress): Promise<void> {
    this.#updates = this.#updates.then(async () => {
      this.#progress = await this.#options.update(change);
    });
    return this.#updates;
  }

  async #prove(): Promise<void> {
    const { prove, learning } = this.#options;
    this.#proof.clear();
    this.#look();
    const ended = (step: RepairStep) => {
      this.#proof.set(step.key, step);
      this.#check = { proving: step.key };
      this.#look();
    };
    const proof = await prove(ended).catch((error: unknown): LabError => {
      const known = labErrorOf(error);
      if (learning.signal.aborted || !known) throw error;
      return known;
    });
    if (proof instanceof LabError) this.#check = { note: joinTexts([proof.text, proof.hint], newLine) };
    else {
      await this.#update((now) => checked(now, proof, learning.clock.time()));
      this.#check = { note: proof.outcome === 'passed' ? this.#solved() : notYet };
    }
    this.#look();
  }

  #solved(): Text {
    return joinTexts([solvedIn(this.#progress), explanation(this.#options.fault)], newLine);
  }

  /** The marks follow from what the check has found. */
  #look(): void {
    this.#emit();
    this.#session.lookAgain();
  }
}

const newLine = text('\n', '\n');

const notYet = text(
  'Not repaired yet: compare with `docker compose ps --all` and `docker compose logs`, or ask for a hint.',
  '還沒有修復：請和 `docker compose ps --all`、`docker compose logs` 的輸出比較，或查看提示。',
);
