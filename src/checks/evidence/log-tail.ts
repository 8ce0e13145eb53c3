import type { Replica } from '../../lab/facts.ts';
import type { LogExcerpt } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';

/** The last lines of each replica's log, by replica ID. */
export type LogTail = Readonly<Record<string, readonly string[]>>;

const mostLines = 8;
const longest = 200;

/** The last lines of these replicas' logs: few, short, none empty. */
export async function logTailOf(world: World, replicas: readonly Replica[]): Promise<LogTail> {
  const read = replicas.map(async ({ id }) => [id, lastLines(await world.log(id, { lines: 2 * mostLines }))] as const);
  return Object.fromEntries(await Promise.all(read));
}

export const lastLines = (log: string): string[] =>
  log
    .split('\n')
    .map((line) => line.replaceAll('\t', '    ').trimEnd())
    .filter((line) => line !== '')
    .slice(-mostLines)
    .map((line) => (line.length > longest ? `${line.slice(0, longest - 1)}…` : line));

/** The log lines of the first of these replicas that has any, as part of a mismatch. */
export function withLogTail(replicas: readonly Replica[], words: LogTail): { said?: LogExcerpt } {
  const source = replicas.find((one) => (words[one.id]?.length ?? 0) > 0);
  return source ? { said: { service: source.service, lines: words[source.id] ?? [] } } : {};
}

/** A service with this many failed starts is not starting up. */
const enoughStarts = 3;

/** Exits after every start by Docker (`restart: always`). */
export const restartsRepeatedly = (replica: Replica): boolean =>
  replica.state === 'restarting' && replica.restarts >= enoughStarts;
