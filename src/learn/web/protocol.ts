import type { Lang, Text } from '../../lab/text.ts';
import type { Outcome, Verdict } from '../../lab/verdict.ts';
import type { LearnState } from '../state.ts';
import type { Picture, Requests } from './picture/picture.ts';

/**
 * What the server and the page say to each other.
 *
 * `GET /?token=…` exchanges the token for a cookie and redirects to the page's own folder, `/…/`; the other addresses are relative to it. `GET events` is a stream
 * of server-sent events: each has an event name and JSON data, as `ServerEvents` says. `POST press` with `Press` as JSON (`Content-Type: application/json`) is what a
 * key does in the terminal's screen. `GET terminal` is upgraded to a WebSocket: see `TerminalMessage`.
 */
export interface ServerEvents {
  /** First, and again when a file that a step shows has changed. */
  readonly content: PageContent;
  /** The whole state, after each change. */
  readonly learn: LearnPageState;
  /** The same for a run that labwright performs. */
  readonly run: RunPageState;
  /** After `learn`, and after each change: the class, if the learner joined one. */
  readonly class: ClassPageState;
  /** The stack, after each change of it. */
  readonly picture: Picture;
  /** Requests that were seen since the last of these events. */
  readonly requests: Requests;
  /** The server ends: `reason` is shown, and the page does not connect again: the next server has another address. */
  readonly bye: { readonly reason: Text };
}

/** What to read and to type; it does not depend on what the learner has done, but for the files. */
export interface PageContent {
  readonly mode: 'learn' | 'run' | 'break';
  /** The language at first; the page has both. */
  readonly lang: Lang;
  readonly title: Text;
  /** The folder of the stack, as a person names it. */
  readonly folder: string;
  readonly labs: readonly LabContent[];
  /** Where commands are typed: in the page, or in a terminal of the learner's own; then why, and how. */
  readonly terminal: { readonly kind: 'page' } | { readonly kind: 'own'; readonly why: Text };
}

export interface LabContent {
  readonly id: string;
  readonly title: Text;
  readonly learned?: Text;
  readonly steps: readonly StepContent[];
}

export interface StepContent {
  /** `lab/step`. */
  readonly key: string;
  readonly title: Text;
  /** What to do, without how. */
  readonly task: Text;
  readonly recap?: Text;
  readonly teach: Readonly<Record<Lang, readonly Block[]>>;
  /** The hints; the last one is the solution in words. */
  readonly hints: Readonly<Record<Lang, readonly (readonly Block[])[]>>;
  /** The commands of the solution, as a learner types them; empty: it has none that can be typed one by one. */
  readonly commands: readonly string[];
  readonly files: readonly FileContent[];
}

/** A file that a step shows. */
export interface FileContent {
  readonly path: string;
  /** Without styles where the file in the folder is not the one that was coloured when labwright was built. */
  readonly lines: readonly (readonly Span[])[];
  /** The lines to read, from 0. */
  readonly marked: readonly number[];
}

/** A part of a line; `style` is a class name of the page's sheet. */
export interface Span {
  readonly text: string;
  readonly style?: 'comment' | 'keyword' | 'string' | 'number' | 'name' | 'function' | 'punctuation';
}

/** Markdown, read by the server: the page contains no HTML that a tutorial wrote. */
export type Block =
  | { readonly kind: 'paragraph' | 'heading'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'quote'; readonly content: readonly Block[] }
  /** `shell`: its lines are commands that can be run. */
  | { readonly kind: 'code'; readonly shell: boolean; readonly lines: readonly (readonly Span[])[] };

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly content: readonly Inline[] }
  /** Only `https:` and `http:` addresses. */
  | { readonly kind: 'link'; readonly href: string; readonly content: readonly Inline[] };

/** The state of live mode. `plan` is in the content. */
export type LearnPageState = Omit<LearnState, 'plan'>;

/** What a learner sees of the class. `help`: the learner asks for help. */
export interface ClassPageState {
  /** `away`: the class does not answer; it is tried again and again. `refused`: the class was left because of `why`. */
  readonly phase: 'connected' | 'away' | 'ended' | 'refused';
  readonly why?: Text;
  readonly nickname: string;
  readonly help: boolean;
}

/** One command of a run and what it printed: the last lines. */
export interface RunCommand {
  readonly line: string;
  readonly output: readonly string[];
  /** Omitted: it still runs; or, if its step has an outcome or the run does not run any more, it was ended. */
  readonly exitCode?: number;
}

export interface RunCheck {
  readonly id: string;
  readonly claim: Text;
  /** Omitted: not judged yet. */
  readonly verdict?: Verdict;
}

/** A run that labwright performs (`lab run --web`). */
export interface RunPageState {
  /** The current step's key; omitted: no step has begun. */
  readonly at?: string;
  /** `paused`: before the next step, until a person continues. */
  readonly phase: 'starting' | 'running' | 'paused' | 'removing' | 'finished';
  /** Whether the run stops before each next step. */
  readonly pause: boolean;
  readonly commands: readonly RunCommand[];
  readonly checks: readonly RunCheck[];
  /** The outcome of each step that has ended, by key. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Of the current step or of the run: a message that belongs to no command or check, such as why the step has no result. */
  readonly note?: Text;
}

/** `key`: a key of live mode. `go-to`: asks whether to begin another step (`dialog` of the state), as the list of steps does; `yes` begins it. `help`: asks the class for help, or no longer. `pause` and `continue`: of a run. */
export type Press =
  | { readonly kind: 'key'; readonly key: 'hint' | 'solution' | 'perform' | 'enter' | 'reset' | 'check' | 'yes' | 'other' }
  | { readonly kind: 'go-to'; readonly key: string }
  | { readonly kind: 'help'; readonly on: boolean }
  | { readonly kind: 'pause' | 'continue' };

/**
 * Frames of the terminal's WebSocket. To the server, a binary frame is what was typed (UTF-8) and a text frame is JSON of this type. To the page, a binary frame is
 * the shell's output; a text frame is JSON of this type. The server closes the connection for a frame of more than 256 KB.
 */
export type TerminalMessage =
  /** From the page. */
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** From the server: the shell has ended; the page may ask for a new one by connecting again. */
  | { readonly kind: 'exit'; readonly exitCode: number };
