/**
 * What grading on several machines requires of a queue server. Bodies are opaque here: they are sealed and opened elsewhere. Nothing in it identifies
 * a student.
 */

/** How often a job is tried. */
export const mostAttempts = 3;

/** A unit of work. */
export interface Job {
  /** Unique in a class: sending the same ID again changes nothing while the first is there. */
  readonly id: string;
  readonly body: Buffer;
  /** A worker that takes longer gives up: the attempt failed. */
  readonly limitMs: number;
}

/** A job that ended. */
export type Ended =
  | { readonly id: string; readonly ok: true; readonly worker: string; readonly body: Buffer; readonly durationMs: number }
  /**
   * No attempt is left. `lost`: its workers disappeared. `damaged`: its body or its result is not on the server any more, or was changed there. Otherwise
   * the last reason that a worker gave.
   */
  | {
      readonly id: string;
      readonly ok: false;
      readonly worker?: string;
      readonly why: 'lost' | 'damaged' | 'failed';
      readonly reason: string;
    };

/** A class as its coordinator announces it to workers. */
export interface Announcement {
  readonly id: string;
  /** Identifies the program: a worker grades only for the same one. */
  readonly build: string;
  readonly version: string;
  /** The name of the coordinator's machine. */
  readonly host: string;
  readonly startedAt: string;
  /** Whether bodies are encrypted with the class key. */
  readonly encrypted: boolean;
  /** What workers grade with. */
  readonly setup: Buffer;
}

/** A worker as it describes itself. It is not trusted for that: see `Ended.worker` and the reference solution. */
export interface WorkerState {
  /** Unique: a worker that starts again, or joins again, has another one. */
  readonly id: string;
  /** The name of its machine. */
  readonly host: string;
  readonly build: string;
  readonly version: string;
  /** How many jobs it performs at a time. */
  readonly slots: number;
  readonly stage: 'preparing' | 'grading' | 'unfit';
  /** What it works on now, and since when (milliseconds). */
  readonly jobs: readonly { readonly id: string; readonly forMs: number }[];
  /** Why it does not grade this class. */
  readonly why?: { readonly en: string; readonly 'zh-TW': string };
}

/** The connection to a queue server. */
export interface QueueServer extends AsyncDisposable {
  /** Announces a class and keeps it announced until it is closed. */
  openClass(announcement: Announcement): Promise<ClassQueue>;
  /** The classes whose coordinators are alive, in the order of their start. */
  classes(): Promise<readonly Announcement[]>;
  /** Joins a class as a worker. */
  join(classId: string, state: WorkerState): Promise<Membership>;
  /** All classes with anything left on the server, for people. */
  overview(): Promise<readonly ClassOverview[]>;
  /** No worker takes further jobs of these classes; running ones end. */
  drain(classIds: readonly string[]): Promise<void>;
  /** Removes everything of these classes, and nothing else on the server. */
  purge(classIds: readonly string[]): Promise<void>;
  /** Called when the server stops answering, and when it answers again. Until then all calls wait. */
  onConnection(listener: (state: 'lost' | 'back') => void): void;
}

/** A class, from its coordinator's side. */
export interface ClassQueue extends AsyncDisposable {
  readonly id: string;
  /** For any worker that grades the class. */
  send(job: Job): Promise<void>;
  /** For one worker, beside its other jobs. */
  sendTo(worker: string, job: Job): Promise<void>;
  /** Whether a job is on the server: waiting, active or ended. */
  has(id: string): Promise<boolean>;
  /** Removes a job with its body and result. */
  settle(id: string): Promise<void>;
  /**
   * Called at least once for each job that ended and is not settled, also after this program or the server was away. One call at a time.
   */
  onEnded(listener: (ended: Ended) => Promise<void>): void;
  /** The workers that are alive. */
  workers(): Promise<readonly WorkerState[]>;
  /** Announces it again, if the server lost its data. */
  announce(): Promise<void>;
  /** Ends the class: removes everything of it from the server. Workers leave it. */
  end(): Promise<void>;
}

/** A class, from a worker's side. */
export interface Membership extends AsyncDisposable {
  /**
   * Starts to perform jobs. `directed` are sent to this worker alone, one at a time beside the others. `perform` returns the result's body. Its signal
   * aborts when the lease is lost, the limit is over, or the worker leaves.
   */
  serveDirected(perform: Perform): void;
  serveShared(slots: number, perform: Perform): void;
  /** Describes the worker again. It is alive as long as this program is. */
  update(state: WorkerState): Promise<void>;
  /** Aborts when the class has ended or its coordinator has disappeared. */
  readonly ended: AbortSignal;
  /** `drained`: no further jobs are taken. */
  readonly draining: AbortSignal;
}

export type Perform = (job: Job & { readonly attempt: number }, signal: AbortSignal) => Promise<Buffer>;

/** What the server has of a class. */
export interface ClassOverview {
  readonly announcement?: Announcement;
  readonly id: string;
  readonly coordinator: 'alive' | 'gone';
  readonly draining: boolean;
  readonly jobs: { readonly waiting: number; readonly active: number; readonly ended: number };
  readonly workers: readonly WorkerState[];
  /** Of all bodies. */
  readonly bytes: number;
}

/** Times of the protocol, in milliseconds. Tests use shorter ones. */
export interface QueueTimes {
  /** How often a worker and a coordinator show that they are alive. */
  readonly beatMs: number;
  /** After this time without, they are gone. */
  readonly goneMs: number;
  /** A job whose worker has not renewed its lease for this time is given to another one. */
  readonly leaseMs: number;
}

export const usualTimes: QueueTimes = { beatMs: 5_000, goneMs: 20_000, leaseMs: 30_000 };
