import { posix } from 'node:path';
import type { Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { gatherStack, listed, nameOf, replicasOf, runningOf, type StackFacts } from '../evidence/stack-facts.ts';
import { absentCause, imageCause } from './absent.ts';
import { besideCause } from './beside.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, readComposeSource } from './compose-source.ts';
import { endedCause } from './ended.ts';
import { healthCause } from './health.ts';
import { writtenNetworks } from './networks.ts';
import { outdatedCause } from './outdated.ts';
import { proxyEndedCause } from './proxy-ended.ts';
import { scalingCause } from './scaling.ts';
import { mountInError, portInError, startCause, startsAll } from './start-error.ts';

/** A traceback names the project's own file some dozens of lines before the error. */
const logLines = 80;

/** The role that a tutorial scales: the one behind the proxy, or else the one that is built. */
const appRole = ({ proxy, services }: StackSpec): string =>
  proxy?.upstream ?? Object.keys(services).find((role) => services[role]?.build !== undefined) ?? '';

/** Why not exactly `count` replicas of a role run. Looks at containers, the Compose file, logs, and what is around on the engine. */
export const explainReplicas =
  (role: string, count: number) =>
  async (world: World): Promise<Cause | undefined> => {
    const [stack, compose] = await Promise.all([gatherStack(world), readComposeSource(world)]);
    const known = { ...stack, ...(compose ? { compose } : {}) };
    const service = nameOf(stack, role);
    const command = startsAll(service, count);
    const all = replicasOf(stack, role);
    const stuck = all.find(({ state, startError }) => startError && (state === 'created' || state === 'exited'));
    if (stuck) return explainStart(world, known, stuck, command);
    const waiting = all.find(({ state }) => state === 'created');
    const ill = waiting && stack.replicas.find(({ health }) => health === 'unhealthy' || health === 'starting');
    if (waiting && ill) return healthCause({ ...known, command }, waiting, ill);
    const ended = all.find(({ state }) => ['exited', 'restarting', 'dead'].includes(state));
    const looping = all.find(({ state, restarts }) => state === 'running' && restarts > 0);
    const over = (runningOf(stack, role).length < count ? ended : undefined) ?? looping;
    if (over) return explainEnd(world, known, { role, ended: over, command });
    if (all.length === 0) return explainAbsence(world, known, service, command);
    return (
      scalingCause({ ...known, role, count, app: appRole(world.spec) }) ??
      explainBeside(world, known, { service, running: runningOf(stack, role), count, command })
    );
  };

type Known = StackFacts & { readonly compose?: ComposeSource };

async function explainStart(world: World, known: Known, replica: Replica, command: string): Promise<Cause> {
  const error = replica.startError ?? '';
  const [port, source] = [portInError(error), mountInError(error)];
  const dir = await world.realPath(world.dir);
  const [holder, found] = await Promise.all([
    port === undefined ? undefined : world.around?.portHolder(port),
    source === undefined ? undefined : world.file(posix.relative(dir, await world.realPath(source))),
  ]);
  return startCause({
    ...known,
    replica,
    command,
    dir,
    ...(holder ? { holder } : {}),
    ...(found ? { source: found.kind } : {}),
  });
}

async function explainEnd(
  world: World,
  known: Known,
  { role, ended, command }: { readonly role: string; readonly ended: Replica; readonly command: string },
): Promise<Cause | undefined> {
  const { compose } = known;
  const folder = compose?.buildOf(ended.service)?.context;
  const [log, signals, names] = await Promise.all([
    world.log(ended.id, { lines: logLines }),
    world.around?.signalsTo(ended) ?? [],
    folder === undefined ? [] : world.folder(folder),
  ]);
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const stopped = signals.length > 0 && ended.state === 'exited';
  const old = stopped ? undefined : await outdatedCause(world, compose, ended, command);
  const ofProxy = role === world.spec.proxy?.role && !stopped ? await proxyEndedCause(world, known, ended, lines) : undefined;
  return (
    (old && { ...old, withoutLog: true as const }) ??
    ofProxy ??
    endedCause({
      ...(compose ? { compose } : {}),
      replica: ended,
      all: known.replicas.every(({ state }) => state === 'exited'),
      command,
      signals: stopped ? signals : [],
      log: lines,
      ...(folder === undefined ? {} : { built: { folder: posix.normalize(folder), names } }),
    })
  );
}

async function explainBeside(
  world: World,
  known: Known,
  asked: { readonly service: string; readonly running: readonly Replica[]; readonly count: number; readonly command: string },
): Promise<Cause | undefined> {
  const { around } = world;
  if (!around) return undefined;
  const networks = [...new Set(asked.running.flatMap((one) => Object.keys(one.networks)))];
  const [connected, elsewhere, removals, dir] = await Promise.all([
    around.connectedTo(networks),
    around.projectsWith(asked.service),
    around.removals(),
    world.realPath(world.dir),
  ]);
  return besideCause({ ...asked, project: known.project, dir, connected, elsewhere, removals });
}

/** A network that the Compose file names does not exist: `up` creates the networks first, one after the other. */
function lacksNetwork({ compose, networks, replicas }: Known, { services }: StackSpec): boolean {
  if (replicas.length > 0 || !compose) return networks.length === 0;
  const written = Object.entries(services).flatMap(([role, { name = role }]) => writtenNetworks(compose, name) ?? []);
  return networks.length === 0 || written.some((key) => !networks.some((one) => one.key === key));
}

/** The image that a service should run, as the file is now. */
async function imageIn(world: World, compose: ComposeSource | undefined, service: string): Promise<string> {
  const written = compose?.valueOf(service, 'image')?.value;
  return typeof written === 'string' && !written.includes('$') ? written : world.imageOf(service);
}

async function explainAbsence(world: World, known: Known, service: string, command: string): Promise<Cause | undefined> {
  const { compose, project } = known;
  const ref = await imageIn(world, compose, service);
  const [image, tags, left, elsewhere, dir] = await Promise.all([
    world.image(ref),
    world.around?.tagsOf(ref) ?? [],
    lacksNetwork(known, world.spec) ? world.around?.networksLeft() : undefined,
    world.around?.projectsWith(service) ?? [],
    world.realPath(world.dir),
  ]);
  const cause = absentCause({
    service,
    project,
    dir,
    ...(compose ? { compose } : {}),
    command,
    image: { ref, present: image.id !== undefined, tags },
    noAddresses: left === 0,
    elsewhere,
  });
  if (cause) return cause;
  return (
    (await explainAbsentNeighbour(world, known, service)) ??
    besideCause({
      ...{ service, project, dir, command, running: [], count: 1, connected: [], elsewhere: [] },
      removals: (await world.around?.removals()) ?? [],
    }) ??
    partlyStarted(known, service, command)
  );
}

/** `up` starts no service that comes after one whose image it cannot get. */
async function explainAbsentNeighbour(
  world: World,
  { compose, services, replicas }: Known,
  service: string,
): Promise<Cause | undefined> {
  for (const other of Object.values(services)) {
    if (other === service || replicas.some((one) => one.service === other)) continue;
    const ref = await imageIn(world, compose, other);
    const image = await world.image(ref);
    const tags = image.id === undefined ? ((await world.around?.tagsOf(ref)) ?? []) : [];
    const command = startsAll(other, 1);
    // without another tag of it, nothing shows that the learner has started anything
    if (tags.length > 0)
      return imageCause({ service: other, image: { ref, present: false, tags }, command, ...(compose ? { compose } : {}) });
  }
  return undefined;
}

/** Other services have containers: only they were started. */
function partlyStarted({ replicas }: Known, service: string, command: string): Cause | undefined {
  const others = [...new Set(replicas.map((one) => one.service))].sort();
  if (others.length === 0) return undefined;
  const names = { service, command, others: listed(others), words: others.join(' ') };
  return causeWith(
    names,
    [
      'only {others} was started, as by `docker compose up -d {words}`',
      '只啟動了 {others}，例如執行了 `docker compose up -d {words}`',
    ],
    ['start all services: {command}', '啟動所有服務：{command}'],
  );
}

/** Why an image to pull is not on the engine: another tag of it is. Undefined: nothing shows that it was pulled. */
export async function explainAbsentImage(
  world: World,
  absent: { readonly service: string; readonly ref: string } | undefined,
): Promise<Cause | undefined> {
  const tags = absent ? ((await world.around?.tagsOf(absent.ref)) ?? []) : [];
  if (!absent || tags.length === 0) return undefined;
  const compose = await readComposeSource(world);
  const image = { ref: absent.ref, present: false, tags };
  return imageCause({ service: absent.service, image, command: startsAll(absent.service, 1), ...(compose ? { compose } : {}) });
}
