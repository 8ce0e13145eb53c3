import { ask } from '../../checks/evidence/http.ts';
import { LabError } from '../../lab/error.ts';
import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import { type ProxySpec, portOf, type StackSpec } from '../../lab/stack.ts';
import type { Answer, World } from '../../lab/world.ts';
import { tcpConnect } from '../../platform/tcp-connect.ts';
import type { Clock } from '../../run/clock.ts';
import { confScript, otherServices, upstreamsIn } from './upstreams.ts';

/**
 * The published service of a submission, and whether it accepts requests. The sandbox publishes no ports: requests go to a
 * network of the service.
 */

export interface FrontOptions {
  look(): World;
  readonly spec: StackSpec;
  readonly clock: Clock;
}

type Asking = Omit<Parameters<typeof ask>[2], 'own'>;

/** How long a published port may take to answer. */
const openMs = 10_000;
const tickMs = 20;

/**
 * Waits until the front, and the services beside the app that it passes requests to, accept connections, or until the front no
 * longer runs. A front that cannot resolve them retries for a while before it ends; a front that cannot connect to them excludes
 * them for 10 s. A grade must not depend on which was ready first.
 */
export async function awaitFront({ look, spec, clock }: FrontOptions, signal: AbortSignal): Promise<void> {
  const { proxy } = spec;
  const enough = clock.after(openMs);
  let conf: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const world = look();
    const facts = await world.state();
    const fronts = frontsOf(facts, spec);
    if (fronts.length === 0 || enough.aborted) return;
    const front = frontIn(facts, spec);
    const beside = front && proxy ? otherServices(facts, spec, front) : [];
    if (front && proxy && beside.length > 0) conf ??= await confOf(world, front, proxy);
    const appPort = portOf(spec, proxy?.upstream ?? '');
    const upstreams = front && conf !== undefined ? upstreamsIn(conf, front, beside, appPort) : [];
    const open = await Promise.all([fronts, ...upstreams].map(takesConnections));
    if (open.every(Boolean) && (beside.length === 0 || conf !== undefined)) return;
    await clock.wait(tickMs);
  }
}

/** The addresses where the front accepts requests, and its first answer; empty: it does not run, or not in time. */
export async function openFront({ look, spec, clock }: FrontOptions, signal: AbortSignal) {
  const enough = clock.after(openMs);
  for (;;) {
    signal.throwIfAborted();
    const fronts = frontsOf(await look().state(), spec);
    const [first] = await askFirst(fronts, ['ready'], { keepAlive: false, path: '/' });
    if (first && first.status !== 0) return { fronts, status: first.status };
    if (fronts.length === 0 || enough.aborted) return { fronts: [], status: 0 };
    await clock.wait(tickMs);
  }
}

const frontIn = ({ replicas }: ProjectFacts, { services, published }: StackSpec): Replica | undefined =>
  replicas.find((one) => published && one.service === services[published.role]?.name && one.state === 'running');

/** The front's configuration; undefined: it could not be read, for example because the front has just ended. */
const confOf = (world: World, { id }: Replica, proxy: ProxySpec): Promise<string | undefined> =>
  world.exec(id, confScript(proxy)).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      if (error instanceof LabError && error.code === 'E_PROBE') return undefined;
      throw error;
    },
  );

/** Sends no request, because the log would show it. */
const takesConnections = async (addresses: readonly string[]): Promise<boolean> =>
  (await Promise.all(addresses.map((address) => tcpConnect({ host: `tcp://${address}` }, openMs)))).includes(undefined);

/**
 * The addresses and ports at which the front may listen, on its own network that this machine reaches; empty: it does not run.
 */
export function frontsOf(facts: ProjectFacts, spec: StackSpec): string[] {
  const { published } = spec;
  const front = frontIn(facts, spec);
  if (!published) return [];
  const address = Object.values(front?.networks ?? {}).find((at) => at.address !== '')?.address;
  if (!address) return [];
  // if the file publishes another port of the container than it should, that port is tried first: a mistake costs points only
  // once
  const ports = (front?.published ?? []).map(({ containerPort }) => containerPort);
  const other = ports.includes(published.containerPort) ? [] : ports.slice(0, 1);
  return [...other, published.containerPort].map((port) => `${address}:${port}`);
}

/** Sends requests to the first of these addresses that answers. */
export async function askFirst(addresses: readonly string[], nonces: readonly string[], options: Asking): Promise<Answer[]> {
  let answers = nonces.map((nonce) => ({ nonce, status: 0, address: '', body: '' }));
  for (const address of addresses) {
    answers = await ask(address, nonces, { ...options, own: true });
    if (answers.some(({ status }) => status !== 0)) break;
  }
  return answers;
}
