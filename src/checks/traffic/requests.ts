import { type Check, defineCheck } from '../../lab/check.ts';
import { needsBaseline } from '../../lab/judge-checks.ts';
import { type Text, verbatim } from '../../lab/text.ts';
import { failed, type Judgement, passed, skipped, type Verdict, waiting } from '../../lab/verdict.ts';
import type { Answer } from '../../lab/world.ts';
import { explainAnswers } from '../causes/answers.ts';
import { isRequest, otherTrafficCause, requestProgram } from '../causes/traffic.ts';
import { hostLog } from '../evidence/host-log.ts';
import { logsRequests } from '../evidence/log-line.ts';
import { hostPortOf, nameOf, runningOf, textWith } from '../evidence/stack-facts.ts';
import {
  byCommand,
  explainTraffic,
  type Gather,
  lookUps,
  named,
  namesOf,
  notRunning,
  notYet,
  otherCommands,
  severalTimes,
  type TrafficOptions,
  unseen,
  withTimes,
} from './commands.ts';
import { otherPaths, type TrafficFacts } from './evidence.ts';

const curlCommand = (from: string, service: string, port: number): string =>
  `docker compose exec ${from} curl ${service}:${port}`;

/** Someone other than us has sent a request to a role from inside. */
export function receivedRequests<R extends string>(
  role: R,
  gather: Gather,
  { times = 1 }: TrafficOptions = {},
): Check<TrafficFacts, R> {
  return defineCheck({
    id: withTimes(`${role}-was-asked`, times),
    roles: [role],
    claim:
      times > 1
        ? textWith('{role} received several requests from a container', '{role} 已收到多個來自容器的請求', { role })
        : textWith('{role} received a request from a container', '{role} 已收到來自容器的請求', { role }),
    mode: 'once',
    gather,
    judge: (facts) => (times > 1 ? judgeAskedOften(facts, times) : judgeAsked(facts)),
    explain: explainTraffic(role, async (world, facts) => {
      const { service, from, port } = namesOf(facts);
      // what was typed before is no reason why these are too few
      const isBegun = facts.requests.count > 0 || (!facts.logged && lookUps(facts, mayAsk, requestProgram) > 0);
      if (isProxied(facts, service) || (times > 1 && isBegun)) return undefined;
      const asks = (line: string) => isRequest(line) && named(line, service, runningOf(facts, facts.role)) && !mayAsk(line);
      const command = curlCommand(from, service, port);
      const cause = otherTrafficCause({ ...(await otherCommands(world, facts, asks, mayAsk)), command }, 'request');
      return cause && times > 1 ? { ...cause, help: severalTimes(command) } : cause;
    }),
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
  const command = curlCommand(facts.from, service, facts.appPort);
  return (
    answersOf(facts) ??
    // If the app logs requests, its log decides: a command may have failed.
    (facts.logged ? undefined : byCommand(facts, mayAsk)) ??
    unseen(facts, mayAsk, {
      expected: textWith('a request to {service} from a container', '從容器裡向 {service} 送出請求', { service }),
      help: isProxied(facts, service) ? pastProxy(facts, service) : verbatim(command),
      logged: facts.logged,
    })
  );
}

const pastProxy = ({ from, appPort: port }: TrafficFacts, service: string): Text =>
  textWith(
    "{from} sends requests to a proxy (`http_proxy` in its environment; see `proxies` in Docker's config.json): docker compose exec {from} curl --noproxy '*' {service}:{port}",
    "{from} 會把請求送到代理伺服器（它的環境變數 `http_proxy`；請查看 Docker 的 config.json 裡的 `proxies`）：docker compose exec {from} curl --noproxy '*' {service}:{port}",
    { from, service, port },
  );

/** All of so many lookups lead to the same one of three replicas once in 20 000 times: then that is chance, and no reason to wait for more. */
const plenty = 10;

/**
 * Several requests that one replica alone answered may have been sent over one connection, after one lookup: others count as well only if the commands
 * looked the name up often.
 */
function judgeAskedOften(facts: TrafficFacts, times: number): Judgement {
  const service = nameOf(facts, facts.role);
  const all = runningOf(facts, facts.role).length;
  const typed = lookUps(facts, mayAsk, requestProgram);
  const { count, replicas = 0 } = facts.requests;
  const names = { count, replicas, all, service };
  const logged = textWith(
    count === 1
      ? 'one request logged so far, by {replicas} of {all} replicas'
      : '{count} requests logged so far, by {replicas} of {all} replicas',
    '日誌中目前有 {count} 個請求，由 {all} 個副本中的 {replicas} 個回應',
    names,
  );
  if (count >= times && all < 2) return answersOf(facts) ?? passed(logged);
  if (count >= times && (replicas > 1 || typed >= plenty)) return passed(logged);
  // the log of an app that logs requests decides: a command may have failed
  if (!facts.logged && typed >= times)
    return passed(
      Number.isFinite(typed)
        ? textWith('{typed} requests by commands', '用指令送出 {typed} 個請求', { typed })
        : textWith('requests in a loop', '用迴圈送出多個請求'),
    );
  const expected = textWith(
    'several requests to {service} from a container, each on its own connection',
    '從容器裡向 {service} 多送幾個請求，每個都使用自己的連線',
    names,
  );
  const help = isProxied(facts, service)
    ? pastProxy(facts, service)
    : severalTimes(curlCommand(facts.from, service, facts.appPort));
  if (count > 0) return notYet(facts, { expected, actual: logged, help });
  const few = textWith(
    '{typed} of {times} requests so far: a `curl` command looks the name up once, and reaches 1 of {all} replicas',
    '目前有 {typed} 個請求，需要 {times} 個：一個 `curl` 指令只查詢一次名稱，只會連到 {all} 個副本中的 1 個',
    { typed, times, all },
  );
  if (typed > 0 && !facts.logged)
    return facts.execs.whole ? notYet(facts, { expected, actual: few, help }) : skipped(needsBaseline);
  return unseen(facts, mayAsk, { expected, help, logged: facts.logged });
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
            '{front} 對你的請求回應狀態碼 {status}，{service} 沒有回應',
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
