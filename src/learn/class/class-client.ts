import { type IncomingMessage, request } from 'node:http';
import { anySignal } from '../../platform/any-signal.ts';
import type { Clock } from '../../run/clock.ts';
import type { JoinCode } from './join-code.ts';
import { PinnedAgent } from './pinned-agent.ts';

interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: '/join' | '/state' | '/end' | '/leave';
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** For an answer; also the most that ending a session waits for. */
const longestMs = 10_000;
/** Answers of a class are short. */
const mostAnswer = 4096;

/** Requests to a class. All reject with the connection's error; see `PinnedAgent`. */
export class ClassClient {
  readonly #agent: PinnedAgent;
  readonly #own: string;
  readonly #clock: Clock;

  /** `own`: the learner's own key. */
  constructor(code: JoinCode, own: string, clock: Clock) {
    this.#agent = new PinnedAgent(code);
    this.#own = own;
    this.#clock = clock;
  }

  async post(path: '/join' | '/state' | '/leave', body: unknown, signal: AbortSignal, withinMs = longestMs): Promise<Answer> {
    using limit = anySignal(signal, this.#clock.after(withinMs));
    const answer = await this.#ask({ method: 'POST', path, body }, limit);
    return { status: answer.statusCode ?? 0, body: await bodyOf(answer) };
  }

  /** The answer to `GET /end`, which stays open, also if the signal aborts then; undefined: the class does not know the learner. */
  async end(signal: AbortSignal): Promise<IncomingMessage | undefined> {
    using limit = anySignal(signal, this.#clock.after(longestMs));
    const answer = await this.#ask({ method: 'GET', path: '/end' }, limit);
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    return undefined;
  }

  /** Closes all connections, also those that are being opened. */
  close(): void {
    this.#agent.destroy();
  }

  #ask({ method, path, body }: Ask, signal: AbortSignal): Promise<IncomingMessage> {
    const content = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${this.#own}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(content),
    };
    return new Promise((resolve, reject) => {
      // Node reports the end of a request only when it has a connection
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (signal.aborted) reject(signal.reason);
      request({ agent: this.#agent, host: 'class', method, path, headers, signal }, resolve).on('error', reject).end(content);
    });
  }
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of answer.setEncoding('utf8')) {
    body += part;
    if (body.length > mostAnswer) throw new Error('the answer is too long');
  }
  return body;
}
