import type { HTTPClient } from '@docker/node-sdk';
import { isAtLeast } from '../../formats/version.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { ApiError, startAgain } from './api-error.ts';
import { assertCertificates } from './certificates.ts';
import { createHttpClient } from './http-client.ts';

/** How to reach a Docker engine: `unix:///…`, `tcp://…` with a folder of certificates, `ssh://…`, `npipe://…`. */
export interface Endpoint {
  readonly host: string;
  readonly certificates?: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The newest API version that this program was written for, and the oldest that it supports (Engine 20.10). */
const newest = '1.47';
const oldest = '1.41';

/** The Engine API over unix sockets, TLS, SSH and named pipes; the version is negotiated at `connect`. */
export class EngineApi implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly apiVersion: string;
  /** Hint for an engine that no longer answers: there are three kinds of engines, and each is started differently. */
  readonly startAgain: Text;
  readonly #client: HTTPClient;

  private constructor(endpoint: Endpoint, client: HTTPClient, apiVersion: string, again: Text) {
    this.endpoint = endpoint;
    this.startAgain = again;
    this.#client = client;
    this.apiVersion = apiVersion;
  }

  /** Throws LabError E_ENGINE_UNREACHABLE, E_ENGINE_PERMISSION or E_ENGINE_UNSUPPORTED. */
  static async connect(endpoint: Endpoint, again: Text = startAgain): Promise<EngineApi> {
    if (endpoint.certificates !== undefined) await assertCertificates(endpoint.certificates);
    const client = await createHttpClient(endpoint.host, endpoint.certificates).catch((error) => {
      throw unreachable(endpoint.host, error);
    });
    let answer: Response;
    const inTime = withinMs(greetingMs);
    try {
      answer = await Promise.race([client.get('/_ping', 'text/plain') as unknown as Promise<Response>, inTime.late]);
      await answer.text();
    } catch (error) {
      await client.close();
      throw unreachable(endpoint.host, error);
    } finally {
      inTime.end();
    }
    const theirs = answer.headers.get('api-version') ?? '1.24';
    if (!answer.ok || !isAtLeast(theirs, oldest)) {
      await client.close();
      throw new LabError(
        'E_ENGINE_UNSUPPORTED',
        text(
          `the engine at ${endpoint.host} uses API ${theirs}; labwright needs ${oldest} or later`,
          `${endpoint.host} 的引擎使用 API ${theirs}，labwright 需要 ${oldest} 以上`,
        ),
        text('update Docker to 20.10 or later', '請把 Docker 更新到 20.10 以上'),
      );
    }
    return new EngineApi(endpoint, client, isAtLeast(theirs, newest) ? newest : theirs, again);
  }

  async #send(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    query: Query,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const http = this.#client;
    const uri = `/v${this.apiVersion}${path}`;
    let response: Response;
    try {
      const sent =
        method === 'GET'
          ? http.get(uri, 'application/json', query)
          : method === 'POST'
            ? http.post(uri, query, body, {
                ...(body instanceof ReadableStream ? { 'Content-Type': 'application/x-tar' } : {}),
                ...headers,
              })
            : http.delete(uri, query);
      response = (await sent) as unknown as Response;
    } catch (error) {
      throw connectionLost(this, error);
    }
    if (response.ok || response.status === 304) return response;
    const answer = await response.text();
    throw new ApiError(response.status, messageOf(answer) ?? `HTTP ${response.status}`);
  }

  /** Throws ApiError if the engine refuses, LabError E_ENGINE_LOST if it no longer answers. This also applies to the methods below. */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#whole(this.#send('GET', path, query), async (response) => (await response.json()) as T);
  }

  async post<T>(path: string, query: Query = {}, body?: object): Promise<T | undefined> {
    const answer = await this.#whole(this.#send('POST', path, query, body), (response) => response.text());
    return answer ? (JSON.parse(answer) as T) : undefined;
  }

  async delete(path: string, query: Query = {}): Promise<void> {
    await this.#whole(this.#send('DELETE', path, query), (response) => response.text());
  }

  /** Reads a response to its end, within the timeout. A response that breaks off means that the engine is gone. */
  async #whole<T>(sent: Promise<Response>, read: (response: Response) => Promise<T>): Promise<T> {
    const inTime = withinMs(answerMs);
    try {
      return await Promise.race([sent.then(read), inTime.late]);
    } catch (error) {
      throw error instanceof TypeError || error === inTime.reason ? connectionLost(this, error) : error;
    } finally {
      inTime.end();
    }
  }

  /** The raw body of a response, for long or endless ones. `headers` are sent with a POST only. */
  async stream(
    method: 'GET' | 'POST',
    path: string,
    query: Query = {},
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#send(method, path, query, body, headers);
    if (!response.body) throw new ApiError(response.status, 'empty response');
    return response.body as ReadableStream<Uint8Array>;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Filters as the API wants them: `{"label":["a=b"]}`. */
export const filters = (by: Readonly<Record<string, readonly string[]>>): string => JSON.stringify(by);

/** Lines of JSON, as `events`, `pull` and `load` send them, until the stream ends or its reader stops. */
export async function* jsonLines<T>(stream: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) yield JSON.parse(line) as T;
  }
  if (rest.trim()) yield JSON.parse(rest) as T;
}

/** stdout and stderr of a container's multiplexed stream (8 bytes of header: stream, 0 0 0, size). */
export function demultiplex(bytes: Buffer): { stdout: string; stderr: string } {
  const parts: Record<number, Buffer[]> = { 1: [], 2: [] };
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at + 4);
    parts[bytes.readUInt8(at)]?.push(bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  const all = (stream: 1 | 2) => Buffer.concat(parts[stream] ?? []).toString('utf8');
  return { stdout: all(1), stderr: all(2) };
}

/** Timeouts for the first response of an engine and for a request (a container that the engine must kill takes its grace period). */
const greetingMs = 10_000;
const answerMs = 60_000;

/** Rejects with `reason` after `ms`, unless ended before. */
function withinMs(ms: number): { late: Promise<never>; reason: Error; end(): void } {
  const reason = new Error(`no answer in ${ms / 1000} s`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(reason), ms);
  });
  late.catch(() => undefined);
  return { late, reason, end: () => clearTimeout(timer) };
}

function messageOf(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed && typeof parsed === 'object' && 'message' in parsed) return String(parsed.message);
  } catch {
    // not JSON, for example a proxy's page: the text itself is the message
  }
  return body.trim().slice(0, 500) || undefined;
}

function unreachable(host: string, error: unknown): LabError {
  if (error instanceof LabError) return error;
  const code = deepCode(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return new LabError(
      'E_ENGINE_PERMISSION',
      text(`no permission to use the engine at ${host}`, `沒有權限使用 ${host} 的引擎`),
      text(
        'join the docker group (`sudo usermod -aG docker $USER`, then log in again), or use sudo',
        '把自己加入 docker 群組（`sudo usermod -aG docker $USER`，再重新登入），或改用 sudo',
      ),
      { cause: error },
    );
  }
  return new LabError(
    'E_ENGINE_UNREACHABLE',
    text(
      `no Docker engine answers at ${host}${code ? ` (${code})` : ''}`,
      `${host} 沒有 Docker 引擎回應${code ? `（${code}）` : ''}`,
    ),
    text('start Docker, or check with `lab doctor`', '請啟動 Docker，或用 `lab doctor` 檢查'),
    { cause: error },
  );
}

/** The engine answered before, but no longer does. */
function connectionLost({ endpoint: { host }, startAgain: again }: EngineApi, error: unknown): LabError {
  if (error instanceof LabError) return error;
  const code = deepCode(error);
  return new LabError(
    'E_ENGINE_LOST',
    text(
      `the engine at ${host} no longer answers${code ? ` (${code})` : ''}`,
      `${host} 的引擎不再回應${code ? `（${code}）` : ''}`,
    ),
    again,
    { cause: error },
  );
}

/** The system's code of an error (`ECONNREFUSED`), from any depth of the chain of causes. */
function deepCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && /^E[A-Z]+$/.test(at.code)) return at.code;
  }
  return undefined;
}
