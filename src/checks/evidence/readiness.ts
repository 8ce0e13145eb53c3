import type { Replica } from '../../lab/facts.ts';
import { portOf } from '../../lab/stack.ts';
import type { Readiness, ReadyOptions, World } from '../../lab/world.ts';
import { type LogTail, logTailOf } from './log-tail.ts';
import { readReadiness, readyScript } from './probe-scripts.ts';
import { probingContainer, runProbe } from './probes.ts';
import { requestFew, shared } from './sample.ts';
import { portsIn } from './sockets.ts';
import { addressesOf, nameOf, replicasOf, runningOf, type StackFacts } from './stack-facts.ts';

export interface ReadyFacts extends StackFacts {
  readonly ready: readonly string[];
  /** Replicas that accept requests but are not ready: address and HTTP status (500 or above); status 0: no response. */
  readonly errors?: readonly (readonly [address: string, status: string])[];
  readonly port: number;
  /** Live mode only: the IDs of replicas for which it shows why they are not ready. Omitted: none. */
  readonly evident?: readonly string[];
  /** Logs of the replicas that are not ready. */
  readonly lastWords?: LogTail;
}

/** What a container does this long after its start is no part of its start: an app may listen on another port first, or wait for its database. */
export const startMs = 3000;

export const isAmong = (ready: readonly string[], replica: Replica): boolean =>
  addressesOf(replica).some((address) => ready.includes(address));

const isReady = ({ status = 0 }: Readiness[number]): boolean => status > 0 && status < 500;
const isError = ({ status = 0 }: Readiness[number]): boolean => status >= 500;

/** The gather function of readiness: waits briefly until each running replica of a role answers. */
export async function gatherReady(world: World, role: string): Promise<ReadyFacts> {
  const port = portOf(world.spec, role);
  const { stack, inside } = await probingContainer(world);
  // Where another container takes the prober's place, the stack is known to be wrong, and no further look may follow.
  const withinMs = inside?.service === nameOf(stack, stack.probeFrom) ? 2000 : 20_000;
  const asked = { port, path: world.spec.services[role]?.readyPath ?? '/', withinMs, role };
  const { seen, evident } = inside ? await awaitReady(world, inside, runningOf(stack, role), asked) : { seen: [], evident: [] };
  const ready = seen.filter(isReady).map(({ address }) => address);
  const errors = seen.flatMap((one): ReadyFacts['errors'] & {} =>
    one.status === undefined || isReady(one) ? [] : [[one.address, String(one.status)]],
  );
  const deaf = replicasOf(stack, role).filter((one) => !isAmong(ready, one));
  return {
    ...{ ...stack, ready, errors, port },
    ...(evident.length > 0 ? { evident } : {}),
    ...(deaf.length > 0 ? { lastWords: await logTailOf(world, deaf) } : {}),
  };
}

interface Asked extends ReadyOptions {
  readonly role: string;
}

/** In live mode, `evident` are the replicas that show why they are not ready, when their start is over. */
async function awaitReady(
  world: World,
  inside: Replica,
  replicas: readonly Replica[],
  asked: Asked,
): Promise<{ readonly seen: Readiness; readonly evident: readonly string[] }> {
  const addresses = replicas.map((one) => shared(inside, one)).filter((one) => one !== undefined);
  const seen = addresses.length > 0 ? await readiness(world, inside, addresses, asked) : [];
  const found = world.live ? await showingWhy(world, replicas, seen, asked.port) : [];
  if (found.length === 0) return { seen, evident: [] };
  const nowMs = Date.parse(await world.time());
  const restMs = Math.max(...found.map(({ startedAt }) => Date.parse(startedAt) + startMs - nowMs));
  if (!(restMs > 0)) return { seen, evident: found.map(({ id }) => id) };
  const later = await readiness(world, inside, addresses, { ...asked, withinMs: Math.min(restMs, startMs) });
  return { seen: later, evident: (await showingWhy(world, found, later, asked.port)).map(({ id }) => id) };
}

/** The replicas that answer with an error, or that listen, but not for other containers on this port. */
async function showingWhy(world: World, replicas: readonly Replica[], seen: Readiness, port: number): Promise<Replica[]> {
  const found = await Promise.all(
    replicas.map(async (one) => {
      const answer = seen.find(({ address }) => addressesOf(one).includes(address));
      if (answer?.status !== undefined) return isError(answer) ? [one] : [];
      const { open = [], loopback = [] } = (await portsIn(world, one)) ?? {};
      return !open.includes(port) && open.length + loopback.length > 0 ? [one] : [];
    }),
  );
  return found.flat();
}

/** From this machine if it reaches them, else from a container. */
async function readiness(
  world: World,
  inside: Replica,
  addresses: readonly string[],
  { role, ...asked }: Asked,
): Promise<Readiness> {
  if (world.traces?.few) {
    const { answers } = await requestFew(role)(world);
    return answers.filter(({ address }) => addresses.includes(address)).map(({ address, status }) => ({ address, status }));
  }
  world.traces?.add(addresses.length);
  if (world.ready) return world.ready(addresses, asked);
  return readReadiness(await runProbe(world, inside, readyScript(addresses, asked), 30_000, 'alone'));
}
