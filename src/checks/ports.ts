import { type Check, defineCheck } from '../lab/check.ts';
import type { Published } from '../lab/facts.ts';
import { portOf } from '../lab/stack.ts';
import { joinTexts, type Text, text, verbatim } from '../lab/text.ts';
import { failed, type Judgement, passed, type Verdict, waiting } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { explainPublished } from './causes/answers.ts';
import { startMs } from './evidence/readiness.ts';
import { portsIn } from './evidence/sockets.ts';
import { gatherStack, listed, nameOf, replicasOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

/** No replica of these roles publishes a port on the host. */
export function publishesNothing<const R extends string>(id: string, claim: Text, roles: readonly R[]): Check<StackFacts, R> {
  return defineCheck({ id, roles, claim, gather: gatherStack, judge: (facts) => judgePublishesNothing(facts, roles) });
}

function judgePublishesNothing(facts: StackFacts, roles: readonly string[]): Verdict {
  const absent = roles.find((role) => replicasOf(facts, role).length === 0);
  const open = roles.flatMap((role) => replicasOf(facts, role)).filter((replica) => replica.published.length > 0);
  if (!absent && open.length === 0)
    return passed(
      textWith('no port of {services}', '{services} 沒有發佈連接埠', {
        services: listed(roles.map((role) => nameOf(facts, role))),
      }),
    );
  if (absent && open.length === 0) {
    return failed({
      expected: textWith('{service} running, with no port published', '{service} 執行中，且沒有發佈連接埠', {
        service: nameOf(facts, absent),
      }),
      actual: textWith('no container of {service}', '沒有 {service} 的容器', { service: nameOf(facts, absent) }),
      help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
    });
  }
  const seen = open.flatMap((one) =>
    one.published.map((port) => textWith('{service} {port}', '{service} {port}', { service: one.service, port: portText(port) })),
  );
  return failed({
    expected: textWith('no port published by {services}', '{services} 不發佈連接埠', {
      services: listed(roles.map((role) => nameOf(facts, role))),
    }),
    actual: joinTexts([...new Map(seen.map((one) => [one.en, one])).values()], text(', ', '、')),
    help: textWith(
      'remove `ports:` from that service: services find each other by name inside, and a fixed port stops it from being scaled',
      '移除該服務的 `ports:`：服務之間用名稱互相連線，固定的連接埠也會讓它無法擴展',
    ),
  });
}

/** `127.0.0.1:8000→80`; a Compose file can leave the host's port to the engine. */
const portText = ({ hostIp, hostPort, containerPort }: Published): Text =>
  hostPort === 0
    ? text(`a random port of the host→${containerPort}`, `主機的隨機連接埠→${containerPort}`)
    : verbatim(`${hostIp}:${hostPort}→${containerPort}`);

interface PublishedFacts extends StackFacts {
  readonly containerPort: number;
  readonly hostPort: number;
  /**
   * The proxy has run for this long, in milliseconds, and listens on no port; 0: it ended before that could be seen. Omitted: it listens, or its image
   * lacks the tools to see that.
   */
  readonly silentMs?: number;
}

/**
 * The stack's reverse proxy publishes its port, on any address. One that runs and does not listen is still starting: while it looks up a name that does not
 * exist, which takes some seconds, the engine reports it as running, and then it ends.
 */
export function publishes<R extends string>(role: R): Check<PublishedFacts, R> {
  return defineCheck({
    id: `${role}-publishes-its-port`,
    roles: [role],
    claim: textWith('{role} publishes its port on the host', '{role} 把連接埠發佈到主機上', { role }),
    gather: async (world: World) => {
      const { containerPort = portOf(world.spec, role), hostPort = containerPort } = world.spec.published ?? {};
      const stack = await gatherStack(world);
      return { ...stack, containerPort, hostPort, ...(await silence(world, stack, role)) };
    },
    judge: (facts) => judgePublishes(facts, role),
    explain: (world, facts) => explainPublished(role)(world, facts),
  });
}

/** A grader judges what the proxy answers in later steps. */
async function silence(world: World, stack: StackFacts, role: string): Promise<Pick<PublishedFacts, 'silentMs'>> {
  const front = stack.proxy === role && !world.grader ? runningOf(stack, role)[0] : undefined;
  if (!front?.published.length) return {};
  const ports = await portsIn(world, front);
  if (!ports) return (await world.around?.stillRuns(front)) === false ? { silentMs: 0 } : {};
  if (ports.open.length + ports.loopback.length > 0) return {};
  return { silentMs: Date.parse(await world.time()) - Date.parse(front.startedAt) };
}

function judgePublishes(facts: PublishedFacts, role: string): Judgement {
  const ports = runningOf(facts, role).flatMap((replica) => replica.published);
  const right = ports.find((port) => port.containerPort === facts.containerPort);
  const shown = ports.map((port) => `${port.hostIp}:${port.hostPort}→${port.containerPort}`);
  const names = { service: nameOf(facts, role), shown: [...new Set(shown)].join(', ') };
  if (right && facts.silentMs !== undefined)
    return waiting(
      {
        expected: textWith('{service} listens on the port that is published', '{service} 在發佈的連接埠上監聽', names),
        actual: textWith('{shown}, but {service} listens on no port yet', '{shown}，但 {service} 尚未在任何連接埠上監聽', names),
        help: textWith('read its log: docker compose logs {service}', '查看它的日誌：docker compose logs {service}', names),
      },
      { evident: facts.silentMs >= startMs, holds: true },
    );
  if (right) return passed(verbatim(names.shown));
  return failed({
    expected: textWith('port {port} of {service} published', '{service} 的連接埠 {port} 已發佈', {
      port: facts.containerPort,
      service: nameOf(facts, role),
    }),
    actual: listed(shown, textWith('nothing is published', '沒有發佈任何連接埠')),
    help: textWith(
      'give {service} a line under `ports:`, such as "{hostPort}:{port}"',
      '在 {service} 的 `ports:` 加上一行，例如 "{hostPort}:{port}"',
      { service: nameOf(facts, role), port: facts.containerPort, hostPort: facts.hostPort },
    ),
  });
}
