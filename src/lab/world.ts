import type { ImageFacts, ProjectFacts } from './facts.ts';
import type { StackSpec } from './stack.ts';

/** What a command in a container said. Output is capped and without control characters. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One answer to one request of ours. */
export interface Answer {
  /** The mark that this request carried in its path (`/?lab=<nonce>`); empty: it was for the plain page, as a learner asks. */
  readonly nonce: string;
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** The address that the connection was made to; empty: none was made. */
  readonly address: string;
  readonly body: string;
}

/** Commands that others ran in a project's containers. `whole`: the engine remembers all of them. `live`: one may be on its way to us. */
export interface ExecsSeen {
  readonly commands: readonly { readonly containerId: string; readonly service: string; readonly line: string }[];
  readonly whole: boolean;
  readonly live: boolean;
}

/** A file as read from the host: regular files only, links not followed, capped. `sha256` and `text` are of what was read, `size` is of all (bytes). */
export type FileFacts =
  | { readonly kind: 'file'; readonly sha256: string; readonly size: number; readonly text: string }
  | { readonly kind: 'absent' | 'not-a-file' | 'too-large' };

/**
 * What checks look through: one stack's project on a real engine, and the stack's own parameters. Everything here
 * observes; nothing starts, stops or changes a container of the stack. Throws `LabError` where it could not tell.
 */
export interface World {
  readonly project: string;
  readonly spec: StackSpec;
  /** The folder that holds the stack's Compose file. */
  readonly dir: string;
  /** A mark no earlier request carried. */
  nonce(): string;
  state(): Promise<ProjectFacts>;
  /** The engine's own time of day, in ISO 8601: what its times are compared with. */
  time(): Promise<string>;
  image(ref: string): Promise<ImageFacts>;
  /** The image reference that a service is to run, as the Compose file resolves it. */
  imageOf(service: string): Promise<string>;
  /**
   * Run a shell script where a container stands on its networks, with its name server, to ask from there: in that container itself, or in
   * one of ours in its place.
   */
  probe(containerId: string, script: string, timeoutMs?: number, alone?: 'alone'): Promise<ExecResult>;
  /** Run a shell script inside a container, to its end or `timeoutMs`; one that waits by itself goes `alone`, so that no other waits for it. */
  exec(containerId: string, script: string, timeoutMs?: number, alone?: 'alone'): Promise<ExecResult>;
  /** Commands that others than we ran inside the project's containers, since a time of the engine's. */
  execs(since: string): Promise<ExecsSeen>;
  /** The end of what a container wrote to its log, since a time of the engine's; followed for a moment until `until` is true of it. */
  log(containerId: string, options?: { until?: (log: string) => boolean; since?: string; lines?: number }): Promise<string>;
  /**
   * A request from the host to the stack's published port for each mark, one after another, each on a connection of its own or
   * all on one; with an empty mark, for the plain page. Where the port is not published, none is answered.
   */
  request(nonces: readonly string[], options: { keepAlive: boolean }): Promise<Answer[]>;
  /** Where a path of the engine's lies on this host once every link is followed; one that is not here stays as it is. */
  realPath(path: string): Promise<string>;
  /**
   * A file below the stack's folder, by its path there; awaited for a moment until `until` is true of its text. `tail`: of one that is too large to
   * read, its last lines.
   */
  file(path: string, options?: { until?: (text: string) => boolean; tail?: boolean }): Promise<FileFacts>;
}
