import type { ImageFacts, ProjectFacts, Replica, Volume } from './facts.ts';
import type { StackSpec } from './stack.ts';

/** The result of a command in a container. Its output is limited and has no control characters. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer to one of our requests. */
export interface Answer {
  /** The nonce in the request's path (`/?lab=<nonce>`); empty: a request for the plain page, as a learner sends it. */
  readonly nonce: string;
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** The address of the connection; empty: no connection. */
  readonly address: string;
  readonly body: string;
  /** How often a rate limit refused the request before this answer; omitted: never. */
  readonly refusals?: number;
}

/**
 * Commands that others ran in a project's containers. `whole`: the engine remembers all of them. `live`: more may still be
 * reported.
 */
export interface ExecsSeen {
  readonly commands: readonly {
    readonly containerId: string;
    readonly service: string;
    readonly line: string;
    /** Omitted: it still runs, or it could not be started. */
    readonly exitCode?: number;
  }[];
  readonly whole: boolean;
  readonly live: boolean;
}

/**
 * A file on the host: only regular files are read, links are not followed, and the length is limited. `sha256` and `text` are of
 * the part that was read, `size` (bytes) of the whole file.
 */
export type FileFacts =
  | { readonly kind: 'file'; readonly sha256: string; readonly size: number; readonly text: string }
  | { readonly kind: 'absent' | 'not-a-file' | 'too-large' };

/**
 * How requests look to a server: as curl sends them, each on its own connection; as a browser does, which keeps cookies; or as curl sends several on
 * one connection (`kept`). None carries a nonce.
 */
export type Visitor = 'curl' | 'browser' | 'kept';

/** A replica of the tutorial's own app, in place of a submission's. */
export interface TrustedReplica {
  readonly hostname: string;
  /** The numbers in the answers that it sent, by its own record; waits briefly until that contains these. */
  served(expected: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Addresses, and the status of each one's last answer; 0: it accepts requests, but does not answer within 2 s; omitted: it does not accept any. */
export type Readiness = readonly { readonly address: string; readonly status?: number }[];

export interface ReadyOptions {
  readonly port: number;
  readonly path: string;
  readonly withinMs: number;
}

/** What only a grader can do: the containers are its own. */
export interface GraderTools {
  /** Requests the plain page of these containers in turn, at their own addresses. */
  ask(replicas: readonly Replica[], port: number): Promise<Answer[]>;
  /** Sends text to a container's port: what it answers until it closes the connection; empty: it does not answer. */
  exchange(replica: Replica, port: number, sent: string): Promise<string>;
  /** Sends `count` requests for the plain page to the published service; fewer if a rate limit refuses some. */
  visit(count: number, visitor: Visitor): Promise<Answer[]>;
  /** The packets that each running container has received since its start, by ID: counted by the kernel, not by the container. */
  received(): Promise<Readonly<Record<string, number>>>;
  /** Runs `work` while every other running container is paused, except those that `keep` accepts. */
  alone<T>(containerId: string, keep: (other: Replica) => boolean, work: () => Promise<T>): Promise<T>;
  /** The words of a service's command, and its environment as `NAME=value`. */
  settings(service: string): readonly string[];
  /** The number of lines of each log in a folder below the stack's folder, by path. */
  logLines(folder: string): Promise<Readonly<Record<string, number>>>;
  /**
   * Runs `work` with the tutorial's own app (`trusted` of the stack) in place of each replica of the app, after the proxy has looked names up again, and
   * while other containers that can write the proxy's logs are paused. The replicas that were replaced stay stopped. Undefined: the stack has no such
   * app, or no replica runs.
   */
  withTrusted<T>(work: (replicas: readonly TrustedReplica[]) => Promise<T>): Promise<T | undefined>;
}

/** What looks leave in the logs of a stack, and how to leave little. */
export interface Traces {
  /** Samples are small, and checks share them: a claim that only many requests can show is skipped. */
  readonly few: boolean;
  /** The sample with this key: a recent or settled one if there is one, else the one that `take` takes. `isSettled`: a later one would show the same. */
  sample<T>(key: string, take: () => Promise<T>, isSettled: (sample: T) => boolean): Promise<T>;
  /** Counts requests that were sent. */
  add(requests: number): void;
}

/** What uses a TCP port of this machine: a container, or another process. */
export type PortHolder =
  | { readonly container: string; readonly service: string; readonly project: string }
  | { readonly process: string; readonly pid: number };

/** A Compose project, the folder that it was started in, and the number of its containers of a service. */
export interface OtherProject {
  readonly project: string;
  readonly dir: string;
  readonly running: number;
  readonly stopped: number;
}

/** A container on a network. */
export interface ConnectedContainer {
  readonly name: string;
  /** Its Compose project and service; empty: it was not made by Compose. */
  readonly project: string;
  readonly service: string;
  /** `docker compose run` made it. */
  readonly oneOff: boolean;
  readonly imageId: string;
  readonly addresses: readonly string[];
}

/** A container of a Compose project that does not exist any more. */
export interface RemovedContainer {
  readonly id: string;
  readonly project: string;
  readonly dir: string;
  readonly service: string;
  /** By the engine's clock, in ISO 8601. */
  readonly removedAt: string;
}

/** What is around a stack, on its engine and its machine. Asked only to find the cause of a failed check, or what the state does not show. */
export interface Surroundings {
  /** Undefined: nothing, or it cannot be seen. */
  portHolder(port: number): Promise<PortHolder | undefined>;
  /** How many more networks the engine has addresses for. */
  networksLeft(): Promise<number>;
  /** Other Compose projects with a container of this service. */
  projectsWith(service: string): Promise<readonly OtherProject[]>;
  /** The containers on these networks, by the networks' names on the engine; those of the project too. */
  connectedTo(networks: readonly string[]): Promise<readonly ConnectedContainer[]>;
  /** The containers of Compose projects that were removed, as far as the engine remembers, oldest first. */
  removals(): Promise<readonly RemovedContainer[]>;
  /** All references of an image, by its ID. */
  namesOf(imageId: string): Promise<readonly string[]>;
  /** The references of the engine's images with this name, without a tag. */
  tagsOf(name: string): Promise<readonly string[]>;
  /** The signals that clients of the engine sent to a container since its last start, oldest first: `15` for `docker stop`. */
  signalsTo(container: Replica): Promise<readonly string[]>;
  /**
   * The exit code other than 0 that the engine reported when a container ended, since its last start; undefined: it remembers none. Code 0 is no evidence:
   * the engine reports it for an end that it missed, too.
   */
  reportedExitCode(container: Replica): Promise<number | undefined>;
  /** Whether a container runs now, and was not started again since it was seen. */
  stillRuns(container: Replica): Promise<boolean>;
  /** The SHA-256 of a regular file in a container, running or not; undefined: there is none. */
  digestInside(container: Replica, path: string): Promise<string | undefined>;
}

/**
 * The interface through which checks observe one stack's project on a real engine, with the stack's own parameters. It never
 * starts, stops or changes a container of the stack, except through `grader`. Throws `LabError` if it cannot observe.
 */
export interface World {
  readonly project: string;
  readonly spec: StackSpec;
  /** Undefined unless a learner's own stack is observed. */
  readonly traces?: Traces;
  /** Live mode observes: what shows why a claim is not true is looked for while it may still become true. */
  readonly live?: true;
  /** Undefined unless a grader observes. Only a step's `audit` uses it. */
  readonly grader?: GraderTools;
  /** Undefined: nothing around the stack can be seen. */
  readonly around?: Surroundings;
  /** The folder that contains the stack's Compose file. */
  readonly dir: string;
  /** A nonce that no earlier request carried. */
  nonce(): string;
  state(): Promise<ProjectFacts>;
  /** The project's named volumes. */
  volumes(): Promise<readonly Volume[]>;
  /** The engine's current time, in ISO 8601, to compare its times with. */
  time(): Promise<string>;
  image(ref: string): Promise<ImageFacts>;
  /** The image reference that a service should run, as the Compose file resolves it. */
  imageOf(service: string): Promise<string>;
  /** Probes do not need a container's own tools: another container can take the place of one that does not run. */
  readonly probesFromAny?: true;
  /**
   * Runs a shell script on a container's networks with its name server, to send requests from there: in that container, or in one
   * of ours that takes its place.
   */
  probe(containerId: string, script: string, timeoutMs?: number, alone?: 'alone'): Promise<ExecResult>;
  /**
   * Waits until each address accepts requests (a status below 500 counts), without a program inside a container. Undefined: this machine may not reach
   * them, and a probe has to.
   */
  readonly ready?: (addresses: readonly string[], options: ReadyOptions) => Promise<Readiness>;
  /**
   * Runs a shell script inside a container, to its end or for `timeoutMs`. `alone`: for a script that waits, so that no other
   * script waits for it.
   */
  exec(containerId: string, script: string, timeoutMs?: number, alone?: 'alone'): Promise<ExecResult>;
  /** Commands that others ran inside the project's containers, since a time of the engine's clock. */
  execs(since: string): Promise<ExecsSeen>;
  /** The end of a container's log, since a time of the engine's clock; followed briefly until `until` returns true. */
  log(containerId: string, options?: { until?: (log: string) => boolean; since?: string; lines?: number }): Promise<string>;
  /**
   * Sends a request from the host to the stack's published port for each nonce, sequentially, each on its own connection or all
   * on one; an empty nonce requests the plain page. `path`: requests this page instead. If the port is not published, no request is answered.
   */
  request(nonces: readonly string[], options: { keepAlive: boolean; path?: string }): Promise<Answer[]>;
  /**
   * The real path on this host of a path that the engine reports, with all links resolved; a path that does not exist here is
   * returned unchanged.
   */
  realPath(path: string): Promise<string>;
  /**
   * A file below the stack's folder, by its relative path; waits briefly until `until` returns true for its text. `tail`: for a
   * file that is too large, its last lines.
   */
  file(path: string, options?: { until?: (text: string) => boolean; tail?: boolean }): Promise<FileFacts>;
  /** The names of the regular files in a folder below the stack's folder, sorted; at most 20. */
  folder(path: string): Promise<readonly string[]>;
}
