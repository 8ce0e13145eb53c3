import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { oneLine } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import type { Clock } from '../../run/clock.ts';
import type { LearnState } from '../state.ts';
import { ClassClient } from './class-client.ts';
import type { JoinCode } from './join-code.ts';
import { WrongCertificateError } from './pinned-agent.ts';
import { endLine, joinAnswer, messageOf, mostNickname, ownKeyBytes, refusals, type StateMessage } from './protocol.ts';

/** What a learner sees of the class. */
export interface Membership {
  /** `away`: the class does not answer; it is tried again and again. `refused`: the class, or what answers in its place, was left because of `why`. */
  readonly phase: 'connected' | 'away' | 'ended' | 'refused';
  readonly why?: Text;
  /** As the wall shows it. */
  readonly nickname: string;
  readonly help: boolean;
}

export interface JoinOptions {
  readonly nickname: string;
  readonly tutorial: string;
  readonly clock: Clock;
  /** The state of the session now; later ones come by `listen`. */
  readonly first: LearnState;
  readonly signal: AbortSignal;
  /** Receives each change of the membership. */
  changed(membership: Membership): void;
}

export interface JoinedClass {
  readonly membership: Membership;
  /** Receives each state of the session. Sends the step and how many have passed, if that has changed. Never throws, and waits for nothing. */
  listen(state: LearnState): void;
  askForHelp(on: boolean): void;
  /** Leaves the class. Waits a second at most. */
  close(): Promise<void>;
}

/** Between attempts: doubled from the first to the longest. */
const firstWaitMs = 1000;
const longestWaitMs = 15_000;
const farewellMs = 1000;
/** What a lesson waits for the class before it begins. */
const mostWaitMs = 2000;

/**
 * Joins the class of a code. Throws LabError E_CLASS if the class refuses, or if another server answers. A class that does not answer in two seconds is no
 * error: it is tried again in the background, and the lesson goes on.
 */
export async function joinClass(code: JoinCode, options: JoinOptions): Promise<JoinedClass> {
  const member = new Member(code, options);
  await member.begin();
  return member;
}

class Member implements JoinedClass {
  readonly #code: JoinCode;
  readonly #options: JoinOptions;
  readonly #own = randomBytes(ownKeyBytes).toString('base64');
  readonly #client: ClassClient;
  readonly #stop = new AbortController();
  #membership: Membership;
  #session: LearnState;
  /** What the class knows, as JSON. */
  #known = '';
  #isSending = false;
  #end: IncomingMessage | undefined;
  #staying: Promise<void> = Promise.resolve();

  constructor(code: JoinCode, options: JoinOptions) {
    this.#code = code;
    this.#options = options;
    this.#client = new ClassClient(code, this.#own, options.clock);
    this.#session = options.first;
    this.#membership = { phase: 'away', nickname: options.nickname, help: false };
  }

  get membership(): Membership {
    return this.#membership;
  }

  async begin(): Promise<void> {
    const first = this.#connect();
    try {
      await Promise.race([first, this.#pause(mostWaitMs)]);
    } catch (error) {
      const { signal } = this.#options;
      if (signal.aborted || error instanceof LabError) {
        this.#client.close();
        signal.throwIfAborted();
        throw error;
      }
    }
    this.#staying = this.#stay(first);
  }

  listen(state: LearnState): void {
    this.#session = state;
    void this.#send();
  }

  askForHelp(help: boolean): void {
    if (this.#membership.phase === 'ended' || this.#membership.phase === 'refused') return;
    this.#change({ help });
    void this.#send();
  }

  async close(): Promise<void> {
    const isHere = this.#membership.phase === 'connected';
    this.#stop.abort();
    this.#end?.destroy();
    await this.#staying;
    if (isHere) await this.#client.post('/leave', {}, new AbortController().signal, farewellMs).catch(() => undefined);
    this.#client.close();
  }

  async #connect(): Promise<void> {
    const { nickname, tutorial, signal } = this.#options;
    using stop = anySignal(this.#stop.signal, signal);
    const secret = Buffer.from(this.#code.secret).toString('base64');
    const given = oneLine(nickname, mostNickname);
    const answer = await this.#client.post('/join', { secret, own: this.#own, nickname: given, tutorial }, stop).catch(explained);
    if (answer.status !== 200) throw refusalOf(answer.status);
    const shown = nicknameIn(answer.body);
    if (shown === undefined) throw otherVersion;
    this.#end = await this.#client.end(stop);
    if (!this.#end) throw new Error('the class does not know the learner');
    this.#known = '';
    this.#change({ phase: 'connected', nickname: oneLine(shown, 2 * mostNickname) });
    void this.#send();
  }

  /** Until the class ends or refuses, or the learner leaves. `first`: the first attempt. */
  async #stay(first: Promise<void>): Promise<void> {
    await first.catch((error: unknown) => this.#failed(error));
    const { signal } = this.#stop;
    for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      if (this.#end) {
        const hasEnded = await readsEnd(this.#end);
        this.#end = undefined;
        waitMs = firstWaitMs;
        if (signal.aborted) return;
        if (hasEnded) return this.#change({ phase: 'ended', help: false });
      }
      this.#change({ phase: 'away' });
      // a class does not come back all at once
      await this.#pause(waitMs * (0.5 + Math.random() / 2));
      if (!signal.aborted) await this.#connect().catch((error: unknown) => this.#failed(error));
    }
  }

  /** A refusal ends the membership, and the learner sees why. After other errors, which are those of the connection, it is tried again. */
  #failed(error: unknown): void {
    if (!(error instanceof LabError)) return void this.#end?.destroy();
    const { text: what, hint } = error;
    this.#change({ phase: 'refused', help: false, why: text(`${what.en}; ${hint.en}`, `${what['zh-TW']}；${hint['zh-TW']}`) });
    this.#stop.abort();
    this.#end?.destroy();
  }

  /** Sends the latest state, until the class knows it. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#news(); next; next = this.#news()) {
        const { status } = await this.#client.post('/state', next, this.#stop.signal);
        if (status === 200) this.#known = JSON.stringify(next);
        else if (status === 429) await this.#pause(firstWaitMs);
        else if (status === 401) throw new Error('the class does not know the learner any more');
        else throw refusalOf(status);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(error);
    } finally {
      this.#isSending = false;
    }
  }

  /** What the class does not know yet. */
  #news(): StateMessage | undefined {
    if (this.#membership.phase !== 'connected' || this.#stop.signal.aborted) return undefined;
    const message = messageOf(this.#session, this.#membership.help);
    return JSON.stringify(message) === this.#known ? undefined : message;
  }

  async #pause(ms: number): Promise<void> {
    using over = anySignal(this.#options.clock.after(ms), this.#stop.signal);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  }

  #change(change: Partial<Membership>): void {
    const before = this.#membership;
    this.#membership = { ...before, ...change };
    if (JSON.stringify(before) !== JSON.stringify(this.#membership)) this.#options.changed(this.#membership);
  }
}

/** Whether the class says that it ends, before the connection does. */
async function readsEnd(end: IncomingMessage): Promise<boolean> {
  let said = '';
  try {
    for await (const part of end.setEncoding('utf8')) said = `${said}${part}`.slice(-endLine.length);
  } catch {
    return false;
  }
  return said === endLine;
}

function explained(error: unknown): never {
  if (error instanceof WrongCertificateError)
    throw refusal(
      text(
        'the computer at the address of the join code is not the class: it has another certificate',
        '加入碼的位址上回應的電腦不是這個班級：憑證不同',
      ),
      text(
        'nothing was sent. Ask your teacher for the current code: each start of `lab class` has a new one. If it is the same, someone in this network answers in its place',
        '沒有送出任何資料。請向老師要目前的加入碼：每次啟動 `lab class` 都會換新。如果加入碼相同，就是這個網路裡有人冒充',
      ),
      error,
    );
  throw error;
}

/** Why the class does not take a message; an error that is not a LabError is one of the moment. */
function refusalOf(status: number): Error {
  if (status === 429 || (status >= 500 && status !== refusals.full)) return new Error(`the class answered ${status}`);
  return refusalsOf[status] ?? otherVersion;
}

function nicknameIn(body: string): string | undefined {
  try {
    return joinAnswer.parse(JSON.parse(body)).nickname;
  } catch {
    return undefined;
  }
}

const refusal = (message: Text, hint: Text, cause?: unknown): LabError => new LabError('E_CLASS', message, hint, { cause });

const askForCode = text('ask your teacher for the current code', '請向老師要目前的加入碼');

const otherVersion = refusal(
  text('the class does not understand this labwright', '班級無法處理這個版本的 labwright 傳送的資料'),
  text(
    'use the same version of labwright, and of the tutorial, as your teacher: `lab --version`',
    '請使用與老師相同版本的 labwright 和教學：`lab --version`',
  ),
);

const refusalsOf: Readonly<Record<number, LabError>> = {
  [refusals.secret]: refusal(text('the class does not know this join code', '班級不認得這個加入碼'), askForCode),
  [refusals.tutorial]: refusal(
    text('the class does another tutorial than this folder', '班級進行的教學與這個資料夾的不同'),
    text(
      'ask your teacher which one: `lab start --tutorial ID` creates its folder',
      '請問老師是哪一份教學：`lab start --tutorial ID` 會建立它的資料夾',
    ),
  ),
  [refusals.full]: refusal(
    text('the class is full', '班級已滿'),
    text('`lab learn` works without --join', '不加 --join 也可以使用 `lab learn`'),
  ),
  [refusals.over]: refusal(text('the class has ended', '班級已結束'), askForCode),
};
