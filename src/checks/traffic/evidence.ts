import { portOf } from '../../lab/stack.ts';
import type { ExecsSeen, World } from '../../lab/world.ts';
import { hostLog } from '../evidence/host-log.ts';
import { type LoggedRequest, logsRequests, requestIn } from '../evidence/log-line.ts';
import { requestFew } from '../evidence/sample.ts';
import { gatherStack, nameOf, runningOf, type StackFacts } from '../evidence/stack-facts.ts';

/** Requests and commands to a role by others than us, since its newest replica started. */
export interface TrafficFacts extends StackFacts {
  readonly role: string;
  readonly execs: ExecsSeen;
  /**
   * Requests without a nonce of ours that the app answered, from the proxy's log, or else the replicas' logs; the last few lines, each shortened. `failed`: the
   * status of each that it did not answer, as 502 of a proxy. `replicas`: how many replicas have logged one of them; undefined: the log is the proxy's.
   */
  readonly requests: {
    readonly count: number;
    readonly last: readonly string[];
    readonly failed?: readonly number[];
    readonly replicas?: number;
  };
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
/** The requests in logs, by their lines. A line that shows no status counts as answered. `front`: of a proxy, which answers some requests itself. */
function counted(logs: readonly (readonly string[])[], front = false): TrafficFacts['requests'] {
  const statusOf = (line: string): number => requestIn(line)?.status ?? 200;
  const isAnswered = (line: string) => statusOf(line) < (front ? 400 : 500);
  const lines = logs.flat();
  const answered = lines.filter(isAnswered);
  const last = answered.slice(-3).map((line) => line.slice(0, 200));
  const failed = lines.filter((line) => !isAnswered(line)).map(statusOf);
  const replicas = logs.filter((log) => log.some(isAnswered)).length;
  return { count: answered.length, last, ...(failed.length > 0 ? { failed } : {}), ...(front ? {} : { replicas }) };
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
      requests: counted(onHost.length > 0 ? [onHost] : logs.map((one) => unmarked(one)), front !== undefined),
      logged: logs.some(logsRequests),
    };
  };

/** The engine's own health check in a container; for a removed container, that of the other containers of its service. */
const isHealthCheck = ({ replicas }: StackFacts, { service, line }: ExecsSeen['commands'][number]): boolean =>
  replicas.some((one) => one.service === service && one.healthcheck?.join(' ').trim() === line.trim());

/** The paths of requests that are not for the page. */
export const otherPaths = (log: string, sinceMs: number): string[] => [
  ...new Set(
    log.split('\n').flatMap((line) => {
      const request = line.includes('lab=') ? undefined : requestIn(line);
      return request && !isOfPage(request) && request.target !== '/?' && !(request.timeMs < sinceMs) ? [request.target] : [];
    }),
  ),
];
