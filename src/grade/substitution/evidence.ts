import { type ListeningPorts, listeningPorts, socketScript } from '../../checks/evidence/sockets.ts';
import type { Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { World } from '../../lab/world.ts';

/** What is seen of a stack that does not work, before its containers are removed. */
export interface Evidence {
  /** By role. */
  readonly services: Readonly<Record<string, ServiceEvidence>>;
  /** The HTTP status of the proxy's answer, 0 without one; undefined: the stack has no proxy. */
  readonly status?: number;
  /** The step at which a build failed. */
  readonly failedBuild?: FailedBuild;
}

export interface ServiceEvidence {
  /** absent: there is no container; ended: it does not run, or never started. */
  readonly state: 'running' | 'unhealthy' | 'ended' | 'absent';
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  /** The last lines of its log: more than are shown. */
  readonly log: readonly string[];
  /** The ports on which it accepts connections; undefined: unknown. */
  readonly ports?: ListeningPorts;
}

export interface FailedBuild {
  readonly service: string;
  /** As executed: `RUN pip install`. */
  readonly instruction: string;
  /** The submission's Dockerfile, and the instruction's line in it. */
  readonly file: string;
  readonly line?: number;
  /** The step's output. */
  readonly output: readonly string[];
}

/** A traceback names the submission's file some dozens of lines before the error. */
const logLines = 200;
const longest = 1000;
const probeMs = 5000;

/** Looks at a stack that does not work. What cannot be seen is left out: the stack's containers may end at any moment. */
export async function gatherEvidence(world: World, spec: StackSpec, failedBuild: FailedBuild | undefined): Promise<Evidence> {
  // first: the answer may leave a line in a log
  const status = spec.proxy && spec.published ? await statusOf(world) : undefined;
  const { replicas } = await world.state();
  const services = Object.entries(spec.services).map(async ([role, { name }]) => {
    const own = replicas.filter(({ service }) => service === name);
    const seen = await serviceEvidence(world, own, role === spec.proxy?.upstream);
    const log = seen.log.length === 0 && role === spec.proxy?.role ? await mountedErrors(world, spec) : seen.log;
    return [role, { ...seen, log }] as const;
  });
  return {
    services: Object.fromEntries(await Promise.all(services)),
    ...(status === undefined ? {} : { status }),
    ...(failedBuild ? { failedBuild } : {}),
  };
}

async function serviceEvidence(world: World, own: readonly Replica[], listens: boolean): Promise<ServiceEvidence> {
  const one = own.find(({ state }) => state !== 'running') ?? own.find(({ health }) => health === 'unhealthy') ?? own[0];
  if (!one) return { state: 'absent', log: [] };
  const log = linesOf((await orNothing(world.log(one.id, { lines: logLines }))) ?? '');
  if (one.state !== 'running') {
    const { exitCode, outOfMemory } = one;
    return { state: 'ended', ...(exitCode === undefined ? {} : { exitCode }), outOfMemory, log };
  }
  const sockets = listens ? await orNothing(world.probe(one.id, socketScript, probeMs)) : undefined;
  return {
    state: one.health === 'unhealthy' ? 'unhealthy' : 'running',
    log,
    ...(sockets?.exitCode === 0 ? { ports: listeningPorts(sockets.stdout) } : {}),
  };
}

const linesOf = (log: string): string[] =>
  log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-logLines)
    .map((line) => line.slice(0, longest));

/** The proxy's log of errors, if its logs are in a folder of the project instead of the container's log. */
async function mountedErrors(world: World, { files }: StackSpec): Promise<string[]> {
  const folder = files?.['logs'];
  if (folder === undefined) return [];
  const names = (await orNothing(world.folder(folder))) ?? [];
  const name = names.find((one) => one.includes('error'));
  const read = name === undefined ? undefined : await orNothing(world.file(`${folder}/${name}`, { tail: true }));
  return read?.kind === 'file' ? linesOf(read.text) : [];
}

/** The container ended meanwhile, or the engine did not answer: evidence that is missing proves nothing. */
const orNothing = <T>(look: Promise<T>): Promise<T | undefined> => look.catch(() => undefined);

async function statusOf(world: World): Promise<number | undefined> {
  const answers = await orNothing(world.request([''], { keepAlive: false }));
  return answers?.[0]?.status;
}
