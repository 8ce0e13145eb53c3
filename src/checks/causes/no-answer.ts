import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { type ListeningPorts, portsIn } from '../evidence/sockets.ts';
import { runningOf, type StackFacts } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';

/** An app that opens its port takes no longer than this. */
const startMs = 60_000;

/** What a request through a published port that nothing answered knows. */
export interface NoAnswerFacts {
  readonly replica: Replica;
  /** The port inside the container to which the published one leads. */
  readonly port: number;
  /** Undefined: they cannot be seen. */
  readonly ports: ListeningPorts | undefined;
  /** The engine's time. */
  readonly now: string;
}

/** The container was started only seconds ago and does not listen yet. Undefined: it listens, or started long ago. */
export function notYetListening({ replica, port, ports, now }: NoAnswerFacts): Cause | undefined {
  if (ports && [...ports.open, ...ports.loopback].length > 0) return undefined;
  const seconds = Math.round((Date.parse(now) - Date.parse(replica.startedAt)) / 1000);
  if (!(seconds >= 0 && seconds * 1000 <= startMs)) return undefined;
  const names = { service: replica.service, port, seconds };
  if (replica.health !== undefined)
    return causeWith(
      names,
      [
        '{service} runs, but does not listen on port {port} yet; it started {seconds} s ago',
        '{service} 已在執行，但尚未在連接埠 {port} 上監聽；它在 {seconds} 秒前啟動',
      ],
      ['wait until it is healthy: docker compose up -d --wait', '請等到它健康：docker compose up -d --wait'],
    );
  return causeWith(
    names,
    [
      '{service} runs, but does not listen on port {port} yet; it started {seconds} s ago and has no health check, so `--wait` does not wait until it listens',
      '{service} 已在執行，但尚未在連接埠 {port} 上監聽；它在 {seconds} 秒前啟動，而且沒有健康檢查，所以 `--wait` 不會等到它開始監聽',
    ],
    [
      'repeat the request after a moment; if it still has no answer: docker compose logs {service}',
      '請稍後再送一次請求；如果仍沒有回應：docker compose logs {service}',
    ],
  );
}

/** Why the published port of a role does not answer although a container of it runs. */
export async function explainNoAnswer(world: World, facts: StackFacts, role: string): Promise<Cause | undefined> {
  const replica = runningOf(facts, role)[0];
  const port = world.spec.published?.containerPort;
  if (!replica || port === undefined) return undefined;
  const [ports, now] = await Promise.all([portsIn(world, replica), world.time()]);
  return notYetListening({ replica, port, ports, now });
}
