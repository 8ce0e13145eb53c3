import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { needsBaseline } from '../lab/judge-checks.ts';
import { portOf } from '../lab/stack.ts';
import { type Text, text, verbatim } from '../lab/text.ts';
import { type Cause, failed, type Judgement, type Mismatch, passed, skipped, type Verdict, waiting } from '../lab/verdict.ts';
import type { Answer, ExecsSeen, World } from '../lab/world.ts';
import { explainAnswers } from './causes/answers.ts';
import { explainReplicas } from './causes/containers.ts';
import { isRequest, type OtherTraffic, otherTrafficCause } from './causes/traffic.ts';
import { hostLog } from './evidence/host-log.ts';
import { type LoggedRequest, logsRequests, requestIn } from './evidence/log-line.ts';
import { requestFew } from './evidence/sample.ts';
import { addressesOf, gatherStack, hostPortOf, nameOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';
import { starts } from './start-order.ts';

/** Requests and commands to a role by others than us, since its newest replica started. */
export interface TrafficFacts extends StackFacts {
  readonly role: string;
  readonly execs: ExecsSeen;
  /**
   * Requests without a nonce of ours that the app answered, from the proxy's log, or else the replicas' logs; the last few lines, each shortened. `failed`: the
   * status of each that it did not answer, as 502 of a proxy.
   */
  readonly requests: { readonly count: number; readonly last: readonly string[]; readonly failed?: readonly number[] };
  /** The location of the proxy's log on the host: a key of the stack's `files`. */
  readonly file?: string;
  /** Whether the replicas log requests at all. */
  readonly logged: boolean;
  /** The service that sends probes, and the port that they request. */
  readonly from: string;
  readonly appPort: number;
}

/** Requests for the page without a nonce, except ours (`/?`). Health checks request another path, or come from inside. */
const unmarked = (log: string, sinceMs = Number.NEGATIVE_INFINITY): string[] =>
  log.split('\n').filter((line) => {
    if (line.includes('lab=')) return false;
    const request = requestIn(line);
    return request !== undefined && isOfPage(request) && !request.fromInside && !(request.timeMs < sinceMs);
  });
const isOfPage = ({ method, target }: LoggedRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && /^\/(?:\?.+)?$/.test(target);
/** A line that shows no status counts as answered. `front`: of a proxy, which answers some requests itself. */
function counted(lines: readonly string[], front = false): TrafficFacts['requests'] {
  const statusOf = (line: string): number => requestIn(line)?.status ?? 200;
  const isAnswered = (line: string) => statusOf(line) < (front ? 400 : 500);
  const answered = lines.filter(isAnswered);
  const last = answered.slice(-3).map((line) => line.slice(0, 200));
  const failed = lines.filter((line) => !isAnswered(line)).map(statusOf);
  return { count: answered.length, last, ...(failed.length > 0 ? { failed } : {}) };
}
/** `front`, `file`: the proxy whose log is read instead, and its location on the host (a key of the stack's `files`). */
export const gatherTraffic =
  (role: string, { front, file }: { front?: string; file?: string } = {}) =>
  async (world: World): Promise<TrafficFacts> => {
    const { spec } = world;
    const known = await gatherStack(world);
    const asked = { role, from: nameOf(known, spec.probeFrom), appPort: portOf(spec, role) };
    const stack = { ...known, ...asked, ...(file === undefined ? {} : { file }) };
    const replicas = runningOf(stack, role);
    const since = replicas
      .map((one) => one.startedAt)
      .sort((a, b) => Date.parse(a) - Date.parse(b))
      .at(-1);
    if (since === undefined)
      return { ...stack, execs: { commands: [], whole: true, live: false }, requests: counted([]), logged: false };
    // Whether the app logs requests must not depend on whether an earlier look has sent some.
    if (world.traces?.few && front === undefined) await requestFew(role)(world);
    // Requests sent directly to the replicas did not go through the proxy.
    const logged = front ? runningOf(stack, front) : replicas;
    const [execs, kept, ...logs] = await Promise.all([
      world.execs(since),
      file === undefined ? undefined : hostLog(world, file, { isIt: logsRequests }),
      ...logged.map((one) => world.log(one.id, { since })),
    ]);
    // An access log remains after its server is removed, and its times are in whole seconds.
    const onHost = kept?.log.kind === 'file' ? unmarked(kept.log.text, Date.parse(since) - 1000) : [];
    return {
      ...stack,
      execs: { ...execs, commands: execs.commands.filter((one) => !isHealthCheck(stack, one)) },
      requests: counted(onHost.length > 0 ? onHost : logs.flatMap((one) => unmarked(one)), front !== undefined),
      logged: logs.some(logsRequests),
    };
  };

/** The engine's own health check in a container; for a removed container, that of the other containers of its service. */
const isHealthCheck = ({ replicas }: StackFacts, { service, line }: ExecsSeen['commands'][number]): boolean =>
  replicas.some((one) => one.service === service && one.healthcheck?.join(' ').trim() === line.trim());

/** `bash`, `sh -l`, as the engine reports them (with a trailing space): input to a shell is not recorded. */
export const isShell = (line: string): boolean => /^(\S*\/)?(ba|a|z|da)?sh(\s+-[li]+)*\s*$/.test(line);

const named = (line: string, service: string, replicas: readonly Replica[]): boolean =>
  line.split(/[^\w.-]+/).some((word) => [service, ...replicas.flatMap(addressesOf)].includes(word));

type Gather = (world: World) => Promise<TrafficFacts>;

interface Wanted {
  readonly expected: Text;
  readonly help: Text;
}

const shortened = (line: string): string => line.trim().replace(/\s+/g, ' ').slice(0, 100);

/** The `wanted` commands inside a container. */
function commandsTo(facts: TrafficFacts, wanted: (line: string) => boolean): ExecsSeen['commands'] {
  const service = nameOf(facts, facts.role);
  return facts.execs.commands.filter(({ line }) => wanted(line) && named(line, service, runningOf(facts, facts.role)));
}

/** Passes for a `wanted` command inside a container that succeeded, or a shell there. */
function byCommand(facts: TrafficFacts, wanted: (line: string) => boolean): Verdict | undefined {
  const found = commandsTo(facts, wanted).find(({ exitCode }) => exitCode === 0);
  if (found !== undefined) return passed(verbatim(shortened(found.line)));
  const shell = facts.execs.commands.find((one) => isShell(one.line));
  if (!shell) return undefined;
  return passed(textWith('in a shell in {service}', '在 {service} 的 shell 裡', { service: shell.service }), {
    note: text('a shell was opened there; what was typed in it cannot be seen', '曾在這裡開啟 shell；無法得知在其中輸入的內容'),
  });
}

/**
 * No such request was seen: final, unless one is still arriving or the engine has forgotten commands. `wanted`: a command that did not do it is named with how
 * it ended.
 */
function unseen(facts: TrafficFacts, wanted: (line: string) => boolean, { expected, help }: Wanted): Judgement {
  const { execs } = facts;
  const stopped = notRunning(facts, [facts.from, nameOf(facts, facts.role)]);
  if (stopped) return failed(stopped);
  const last = commandsTo(facts, wanted).at(-1);
  if (!execs.whole && !last) return skipped(needsBaseline);
  const mismatch = { expected, actual: last ? endOf(last) : textWith('none so far', '目前沒有'), help };
  return execs.live ? waiting(mismatch) : failed(mismatch);
}

function endOf({ line, exitCode = -1 }: ExecsSeen['commands'][number]): Text {
  const names = { line: shortened(line), code: exitCode };
  return exitCode < 0
    ? textWith(
        '`{line}` has not ended, or could not be started: see what it printed',
        '`{line}` 還沒有結束，或無法啟動：請查看它的輸出',
        names,
      )
    : exitCode === 0
      ? textWith('`{line}` succeeded, but no request arrived', '`{line}` 執行成功，但沒有收到請求', names)
      : textWith('`{line}` failed with exit code {code}', '`{line}` 失敗，結束碼 {code}', names);
}

/** Of these services, the first without a running container: it has to run first. */
function notRunning(facts: TrafficFacts, services: readonly string[]): Mismatch | undefined {
  const of = (service: string) => facts.replicas.filter((one) => one.service === service);
  const service = services.find((one) => !of(one).some(({ state }) => state === 'running'));
  if (service === undefined) return undefined;
  const state = of(service)[0]?.state;
  const names = { service, verb: state === 'paused' ? 'unpause' : state === undefined ? 'up -d' : 'start' };
  const actual = textWith('{service} is not running', '{service} 沒有在執行', names);
  return {
    expected: textWith('{service}, running', '{service} 在執行', names),
    actual,
    help: textWith('docker compose {verb} {service}', 'docker compose {verb} {service}', names),
    cause: actual,
  };
}

/** Why the role, or the container that requests are sent from, does not run. */
const explainStopped =
  (role: string) =>
  async (world: World, facts: TrafficFacts): Promise<Cause | undefined> => {
    const stopped = [facts.probeFrom, role].find((one) => runningOf(facts, one).length === 0);
    return stopped === undefined ? undefined : explainReplicas(stopped, 1)(world);
  };

/** Someone other than us has pinged a role from inside. */
export function wasPinged<R extends string>(role: R, gather: Gather): Check<TrafficFacts, R> {
  return defineCheck({
    id: `${role}-was-pinged`,
    roles: [role],
    claim: textWith('{role} was pinged from a container', '從容器裡 ping 過 {role}', { role }),
    mode: 'once',
    gather,
    judge: judgePinged,
    explain: async (world, facts) => {
      const stopped = await explainStopped(role)(world, facts);
      if (stopped) return stopped;
      const { service, from } = namesOf(facts);
      const command = pingCommand(from, service);
      return otherTrafficCause({ ...(await otherCommands(world, facts, isPing, isPing)), command }, 'ping');
    },
  });
}

const pingCommand = (from: string, service: string): string => `docker compose exec ${from} ping -c 1 ${service}`;
const curlCommand = (from: string, service: string, port: number): string =>
  `docker compose exec ${from} curl ${service}:${port}`;
const namesOf = (facts: TrafficFacts) => ({ service: nameOf(facts, facts.role), from: facts.from, port: facts.appPort });

/** The commands that could have been meant, and those that `does` accepts from before the newest replica started. */
async function otherCommands(
  world: World,
  facts: TrafficFacts,
  isMeant: (line: string) => boolean,
  does: (line: string) => boolean,
): Promise<Omit<OtherTraffic, 'command'>> {
  const { service } = namesOf(facts);
  const replicas = runningOf(facts, facts.role);
  const oldest = facts.replicas.map((one) => one.createdAt).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const all = oldest === undefined ? [] : (await world.execs(oldest)).commands;
  const before = all.slice(0, Math.max(0, all.length - facts.execs.commands.length));
  return {
    service,
    commands: facts.execs.commands.filter(({ line }) => isMeant(line)),
    earlier: before.filter(({ line }) => does(line) && named(line, service, replicas)),
    since: starts(facts, facts.role).at(-1) ?? '',
  };
}

const isPing = (line: string): boolean => /\bping\b/.test(line);

function judgePinged(facts: TrafficFacts): Judgement {
  const service = nameOf(facts, facts.role);
  return (
    byCommand(facts, isPing) ??
    unseen(facts, isPing, {
      expected: textWith('a ping of {service} from a container', '從容器裡 ping {service}', { service }),
      help: verbatim(pingCommand(facts.from, service)),
    })
  );
}

/** Someone other than us has sent a request to a role from inside. */
export function receivedRequests<R extends string>(role: R, gather: Gather): Check<TrafficFacts, R> {
  return defineCheck({
    id: `${role}-was-asked`,
    roles: [role],
    claim: textWith('{role} received a request from a container', '{role} 已收到來自容器的請求', { role }),
    mode: 'once',
    gather,
    judge: judgeAsked,
    explain: async (world, facts) => {
      const stopped = await explainStopped(role)(world, facts);
      if (stopped) return stopped;
      const { service, from, port } = namesOf(facts);
      if (isProxied(facts, service)) return undefined;
      const asks = (line: string) => isRequest(line) && named(line, service, runningOf(facts, facts.role)) && !mayAsk(line);
      const command = curlCommand(from, service, port);
      return otherTrafficCause({ ...(await otherCommands(world, facts, asks, mayAsk)), command }, 'request');
    },
  });
}

const answersOf = (facts: TrafficFacts): Verdict | undefined =>
  facts.requests.count === 0
    ? undefined
    : passed(
        // the log may still lack the last ones
        textWith(
          facts.requests.count === 1 ? 'one request logged so far' : '{count} requests logged so far',
          '日誌中目前有 {count} 個請求',
          {
            count: facts.requests.count,
          },
        ),
      );

/** A command that may request the page: not one that only looks up the name, or only requests other paths (`web:5000/health`). */
const mayAsk = (line: string): boolean =>
  !/\b(ping|dig|nslookup|getent)\b/.test(line) && (/:\d+\/?(?![\w/])/.test(line) || !/:\d+\/\w/.test(line));

/** Programs in the client send requests to this service to a proxy, as Docker's `config.json` may set for all containers. */
const isProxied = ({ replicas, from }: TrafficFacts, service: string): boolean =>
  replicas.some(
    (one) =>
      one.service === from && one.proxyExcept !== undefined && !['*', service].some((host) => one.proxyExcept?.includes(host)),
  );

function judgeAsked(facts: TrafficFacts): Judgement {
  const service = nameOf(facts, facts.role);
  const names = { service, from: facts.from, port: facts.appPort };
  return (
    answersOf(facts) ??
    // If the app logs requests, its log decides: a command may have failed.
    (facts.logged ? undefined : byCommand(facts, mayAsk)) ??
    unseen(facts, mayAsk, {
      expected: textWith('a request to {service} from a container', '從容器裡向 {service} 送出請求', { service }),
      help: isProxied(facts, service)
        ? textWith(
            "{from} sends requests to a proxy (`http_proxy` in its environment; see `proxies` in Docker's config.json): docker compose exec {from} curl --noproxy '*' {service}:{port}",
            "{from} 會把請求送到 proxy（它的環境變數 `http_proxy`；請查看 Docker 的 config.json 裡的 `proxies`）：docker compose exec {from} curl --noproxy '*' {service}:{port}",
            names,
          )
        : verbatim(curlCommand(facts.from, service, facts.appPort)),
    })
  );
}

/** Someone other than us has sent a request to the role through its proxy. */
export function proxyReceivedRequests<R extends string>(front: R, role: R, gather: Gather): Check<TrafficFacts, R> {
  return defineCheck({
    id: `${front}-was-asked`,
    roles: [front, role],
    claim: textWith('{role} received a request through {front}', '{role} 已透過 {front} 收到請求', { front, role }),
    mode: 'once',
    gather,
    judge: (facts) => judgeFrontAsked(facts, front),
    explain: async (world, facts) => {
      const unanswered = await explainAnswers(role)(world, { ...facts, throughProxy: true, answers: failedAnswers(facts) });
      if (unanswered) return unanswered;
      const asks = (line: string) => isRequest(line);
      const others = await otherCommands(world, facts, asks, () => false);
      const log = runningOf(facts, front).map((one) => world.log(one.id, { since: one.startedAt }));
      const kept = facts.file === undefined ? undefined : await hostLog(world, facts.file, { isIt: logsRequests });
      const whole = [...(await Promise.all(log)), kept?.log.kind === 'file' ? kept.log.text : ''].join('\n');
      const paths = otherPaths(whole, Date.parse(others.since) - 1000);
      return otherTrafficCause({ ...others, paths, front: nameOf(facts, front), command: frontCommand(facts, front) }, 'request');
    },
  });
}

const frontCommand = (facts: TrafficFacts, front: string): string =>
  `curl http://localhost:${hostPortOf(facts, runningOf(facts, front)) ?? facts.appPort}/`;

/** The paths of requests that are not for the page. */
const otherPaths = (log: string, sinceMs: number): string[] => [
  ...new Set(
    log.split('\n').flatMap((line) => {
      const request = line.includes('lab=') ? undefined : requestIn(line);
      return request && !isOfPage(request) && request.target !== '/?' && !(request.timeMs < sinceMs) ? [request.target] : [];
    }),
  ),
];

/** The learner's requests that were not answered, as those of a probe. */
const failedAnswers = ({ requests }: TrafficFacts): Answer[] =>
  (requests.failed ?? []).map((status) => ({ nonce: '', status, address: '', body: '' }));

function judgeFrontAsked(facts: TrafficFacts, front: string): Judgement {
  const names = { service: nameOf(facts, facts.role), front: nameOf(facts, front) };
  const status = facts.requests.failed?.at(-1);
  const mismatch = {
    expected: textWith(
      'a request of yours in the log of {front}, answered by {service}',
      '{front} 的日誌裡有你送出的請求，並由 {service} 回應',
      names,
    ),
    actual:
      status === undefined
        ? textWith('none so far', '目前沒有')
        : textWith(
            '{front} answered your request with {status}, and {service} did not answer it',
            '{front} 對你的請求回應 {status}，{service} 沒有回應',
            { ...names, status },
          ),
    help: verbatim(frontCommand(facts, front)),
  };
  // A log line can appear shortly after its answer.
  const judged = answersOf(facts);
  if (judged) return judged;
  const stopped = notRunning(facts, [names.front, names.service]);
  if (stopped) return failed(stopped);
  return waiting(mismatch);
}
