import { LabError } from '../../lab/error.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import { tcpConnect } from '../../platform/tcp-connect.ts';
import { type Endpoint, EngineApi } from '../api/engine-api.ts';
import { supported } from '../embedded/embedded-engine.ts';
import { installHint, type System } from './install-hint.ts';
import { locate, type Places, type Surroundings, socketExists } from './sockets.ts';

/** An endpoint that was tried, and why it failed. */
interface Miss {
  readonly host: string;
  /** There is no socket at all. */
  readonly absent: boolean;
  readonly error?: LabError;
}
export interface Search {
  readonly places: Places;
  readonly misses: readonly Miss[];
  readonly api?: EngineApi;
  /** Nothing answers, no endpoint was named, and this machine could have the private engine. */
  readonly couldBePrivate?: boolean;
}

/** Tries the possible endpoints of Docker in order until one answers. Throws LabError for a context that does not exist. */
export async function findDocker(at: Surroundings): Promise<Search> {
  const places = await locate(at);
  const misses: Miss[] = [];
  for (const endpoint of places.endpoints) {
    if (!places.chosen && (await socketExists(endpoint.host)) === false) {
      misses.push({ host: endpoint.host, absent: true });
      continue;
    }
    const answer = await ask(endpoint);
    if (answer instanceof EngineApi) return { places, misses, api: answer };
    misses.push({ host: endpoint.host, absent: false, error: answer });
  }
  return { places, misses, couldBePrivate: !places.chosen && (await supported()).ok };
}

/** How long a machine on the network may take to accept a connection. */
const socketTimeoutMs = 10_000;

async function ask(endpoint: Endpoint): Promise<EngineApi | LabError> {
  const closed = await tcpConnect(endpoint, socketTimeoutMs);
  if (closed) return noAnswer(endpoint.host, closed);
  return EngineApi.connect(endpoint).catch((error: unknown) => {
    if (error instanceof LabError) return error;
    throw error;
  });
}

const noAnswer = (host: string, cause: Error): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text(`no Docker engine answers at ${host} (${cause.message})`, `${host} 沒有 Docker 引擎回應（${cause.message}）`),
    text('start Docker there, and make sure that it can be reached from here', '請啟動那裡的 Docker，並確認可以從這裡連線'),
    { cause },
  );

const reason: Readonly<Record<NonNullable<Places['chosen']>, Text>> = {
  DOCKER_HOST: text(
    'DOCKER_HOST names it: correct it, or `unset DOCKER_HOST`',
    '這是 DOCKER_HOST 指定的：請改正它，或執行 `unset DOCKER_HOST`',
  ),
  DOCKER_CONTEXT: text(
    'DOCKER_CONTEXT names it: start that engine, or `unset DOCKER_CONTEXT`',
    '這是 DOCKER_CONTEXT 指定的：請啟動那個引擎，或執行 `unset DOCKER_CONTEXT`',
  ),
  currentContext: text(
    "it is Docker's current context: start that engine, or `docker context use default`",
    '這是 Docker 目前的 context：請啟動那個引擎，或執行 `docker context use default`',
  ),
};

/** The error for a search without result. Endpoints that exist but fail are reported by their cause; otherwise all endpoints and what to install. */
export function noDocker(search: Search, system: System, alsoNot?: Text): LabError {
  const failing = search.misses.find((miss) => miss.error);
  if (failing?.error && search.places.chosen) {
    const { code, text: message, hint } = failing.error;
    const advice = code === 'E_ENGINE_UNREACHABLE' ? reason[search.places.chosen] : hint;
    return new LabError(code, message, advice, { cause: failing.error });
  }
  const refused = search.misses.find((miss) => miss.error && miss.error.code !== 'E_ENGINE_UNREACHABLE');
  if (refused?.error) return refused.error;
  const hosts = search.misses.map((miss) => miss.host.replace('unix://', ''));
  return new LabError(
    'E_ENGINE_UNREACHABLE',
    text(`no Docker engine answers (tried ${hosts.join(', ')})`, `沒有 Docker 引擎回應（試過 ${hosts.join('、')}）`),
    joinTexts(
      [failing ? startHint : installHint(system), ...(alsoNot ? [alsoNot] : []), ...(search.couldBePrivate ? [orPrivate] : [])],
      text('; ', '；'),
    ),
    { cause: failing?.error },
  );
}

/** A socket exists, so Docker is installed. */
const startHint = text(
  'start Docker (`sudo systemctl start docker`, or Docker Desktop)',
  '請啟動 Docker（`sudo systemctl start docker`，或 Docker Desktop）',
);

/** Hint if only a Docker was requested. */
const orPrivate = text(
  'or leave out `--engine docker`, or use `--engine private`: this machine can run a private engine',
  '或不加 `--engine docker`，或改用 `--engine private`：這台機器可以使用專用引擎',
);
