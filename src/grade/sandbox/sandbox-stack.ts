import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '../../checks/evidence/http.ts';
import { exec } from '../../docker/api/exec.ts';
import { recordExecs } from '../../docker/api/exec-events.ts';
import { watchForeignActions } from '../../docker/api/foreign-actions.ts';
import { composeLine } from '../../docker/compose/compose.ts';
import { runVariable } from '../../docker/compose/orphans.ts';
import type { Engine } from '../../docker/engine.ts';
import { LabError } from '../../lab/error.ts';
import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import { type ProxySpec, portOf, type Stack, type StackSpec } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { Answer, World } from '../../lab/world.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { runLine, shellLine } from '../../platform/shell.ts';
import { onPath } from '../../platform/system-error.ts';
import { tcpConnect } from '../../platform/tcp-connect.ts';
import type { Clock } from '../../run/clock.ts';
import { openStack } from '../../run/open-stack.ts';
import type { View } from '../../run/poll-checks.ts';
import { observe } from '../../run/world.ts';
import { buildCounted } from '../limits/counted-build.ts';
import { findLimit } from '../limits/limits.ts';
import { Printed } from '../limits/printed.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { makeProbeContainers } from './probe-containers.ts';
import { builtTag, type Held, renderStack } from './render-compose.ts';
import { confScript, otherServices, upstreamsIn } from './upstreams.ts';
import { wantedVolumes } from './wanted-volumes.ts';

export interface SandboxOptions extends Omit<Held, 'wanted' | 'dockerfiles'> {
  readonly engine: Engine;
  /** The stack as the rubric names its services. */
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  /** The run's own folder; the submission's is below it. */
  readonly runDir: string;
  /** An image with curl and dig, for what asks. */
  readonly proberImage: string;
  readonly clock: Clock;
  nonce(): string;
}

/** A submission's stack, ready to be worked on and looked at. */
export interface SandboxStack extends View {
  readonly project: string;
  stack(signal: AbortSignal): Stack;
  /**
   * Waits until the front takes requests, and so does whom it passes them to beside the app, or it is not there any more: one that does not find
   * them looks for a while before it ends, and one that finds them deaf leaves them out for 10 s. A grade must not hang on who was ready first.
   */
  opened(signal: AbortSignal): Promise<void>;
  /** What another process or the engine did to the containers. Undefined: nothing. */
  disturbance(): Promise<Text | undefined>;
  /** Why the step that was last performed failed, where that is only what the grader lacks. Undefined: it is the submission's own failure. */
  limit(signal: AbortSignal): Promise<Text | undefined>;
  close(): Promise<void>;
}

type Asking = Omit<Parameters<typeof ask>[2], 'own'>;

const silent = { started: () => {}, finished: () => {}, note: () => {} };
/** How long a published port may take to answer. */
const openMs = 10_000;
/** How long what a learner types in a container may take. */
const typedMs = 10_000;

/** Writes what is to be run, and listens. Nothing is made on the engine yet. */
export async function openSandbox(placing: SandboxOptions): Promise<SandboxStack> {
  const { engine, spec, normal, project, runDir, clock } = placing;
  const { api, compose } = engine;
  const dockerfiles = join(runDir, 'dockerfiles');
  await mkdir(dockerfiles);
  for (const [name, { build }] of Object.entries(normal.services))
    if (build) await onPath(join(dockerfiles, name), () => writeFile(join(dockerfiles, name), build.dockerfileText));
  const file = join(runDir, 'compose.yaml');
  const held: Held = { ...placing, dockerfiles, wanted: await wantedVolumes(api, normal) };
  await onPath(file, () => writeFile(file, renderStack(normal, held)));

  const probers = await makeProbeContainers(api, { runId: placing.runId, project, image: placing.proberImage, dir: runDir });
  const recorder = await recordExecs(api, project, (id, service) => {
    // what stands in its way, the first question meets and tells
    if (service === spec.services[spec.probeFrom]?.name) probers.ahead(id).catch(() => undefined);
  });
  const witness = await watchForeignActions(api, project).catch(async (error) => {
    await recorder.close();
    throw error;
  });
  let printed = new Printed();
  const output = (line: string) => {
    printed.add(line);
    witness.command(line);
  };
  const imageOf = async (service: string) => normal.services[service]?.image ?? builtTag(project, service);
  const inner = observe({ api, project, spec, dir: placing.dir, clock, recorder, nonce: placing.nonce, imageOf });
  const look = (): World => {
    const world = inner.look();
    let known: Promise<ProjectFacts> | undefined;
    const state = () => {
      known ??= world.state().then((facts) => asMeant(facts, normal));
      return known;
    };
    return {
      ...world,
      state,
      probe: async (id, script, timeoutMs = 15_000, alone) => {
        const at = (await state()).replicas.find((one) => one.id === id);
        return exec(api, await probers.beside(id, at?.startedAt ?? ''), script, timeoutMs, alone);
      },
      request: async (nonces, options) => {
        // what a learner types was typed by us: no log has to tell it from this
        return askFirst(frontsOf(await state(), spec), nonces, { ...options, unmarked: '/' });
      },
    };
  };
  const env = {
    ...compose.env,
    HOME: runDir,
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: file,
    COMPOSE_DISABLE_ENV_FILE: '1',
    COMPOSE_ANSI: 'never',
    BUILDKIT_PROGRESS: 'plain',
    DOCKER_CLI_HINTS: 'false',
    [runVariable]: placing.runId,
  };
  /** Where the front takes requests, and what it answers at first; empty: it does not run, or not in time. */
  const openFront = async (signal: AbortSignal) => {
    const enough = clock.after(openMs);
    for (;;) {
      signal.throwIfAborted();
      const fronts = frontsOf(await look().state(), spec);
      const [first] = await askFirst(fronts, ['ready'], { keepAlive: false, path: '/' });
      if (first && first.status !== 0) return { fronts, status: first.status };
      if (fronts.length === 0 || enough.aborted) return { fronts: [], status: 0 };
      await clock.wait(20);
    }
  };
  /** What a learner types in a container of the submission: what comes of it is looked at afterwards, not listened to, and ends nothing. */
  const type = async (words: string, signal: AbortSignal): Promise<void> => {
    const late = clock.after(typedMs);
    const { started } = composeLine(compose, words.replace(/^exec /, 'exec -T '));
    await runLine(`${started} >/dev/null 2>&1`, { cwd: runDir, env, signal: anySignal(signal, late) }).catch((error) => {
      signal.throwIfAborted();
      if (!late.aborted) throw error;
    });
  };
  return {
    project,
    look,
    opened: async (signal) => {
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
        await clock.wait(20);
      }
    },
    watch: inner.watch,
    stack: (signal) => {
      printed = new Printed();
      const watch = { ...silent, output };
      const own = openStack({ api, compose, spec, dir: runDir, env, published: '', clock, imageOf }, watch, signal);
      return {
        ...own,
        compose: async (pieces, ...values) => {
          const words = shellLine(pieces, values);
          await (words.startsWith('exec ') ? type(words, signal) : own.compose(pieces, ...values));
        },
        pull: async () => undefined,
        // As a learner's own requests: without a mark.
        curl: async (count) => {
          const { fronts, status } = await openFront(signal);
          // the others would hear the same, each after some seconds
          if (status < 500) await askFirst(fronts, Array<string>(count - 1).fill(''), { keepAlive: false, path: '/' });
        },
      };
    },
    disturbance: witness.disturbance,
    limit: (signal) =>
      findLimit({
        ...placing,
        api,
        printed: printed.lines,
        buildCounted: (service) => buildCounted(service, { compose, env, runDir, normal, held, signal }),
      }),
    close: async () => {
      await Promise.all([recorder.close(), witness.close()]);
    },
  };
}

/** Nothing is published in the sandbox: replicas are judged by the ports that their file asked for. */
const asMeant = (facts: ProjectFacts, { services }: NormalStack): ProjectFacts => ({
  ...facts,
  replicas: facts.replicas.map((one): Replica => ({ ...one, published: services[one.service]?.ports ?? [] })),
});

const frontIn = ({ replicas }: ProjectFacts, { services, published }: StackSpec): Replica | undefined =>
  replicas.find((one) => published && one.service === services[published.role]?.name && one.state === 'running');

/** Its configuration; undefined: it could not be read, as where it ends at that moment. */
const confOf = (world: World, { id }: Replica, proxy: ProxySpec): Promise<string | undefined> =>
  world.exec(id, confScript(proxy)).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      if (error instanceof LabError && error.code === 'E_PROBE') return undefined;
      throw error;
    },
  );

/** Nothing is asked: a log would tell it, even of one that ends in the next moment. */
const takesConnections = async (addresses: readonly string[]): Promise<boolean> =>
  (await Promise.all(addresses.map((address) => tcpConnect({ host: `tcp://${address}` }, openMs)))).includes(undefined);

/** The addresses and ports at which the front may listen, on a network of its own that this machine reaches; empty: it does not run. */
function frontsOf(facts: ProjectFacts, spec: StackSpec): string[] {
  const { published } = spec;
  const front = frontIn(facts, spec);
  if (!published) return [];
  const address = Object.values(front?.networks ?? {}).find((at) => at.address !== '')?.address;
  if (!address) return [];
  // where the file publishes another port of the container than it should, that one is asked first: a mistake costs once
  const ports = (front?.published ?? []).map(({ containerPort }) => containerPort);
  const other = ports.includes(published.containerPort) ? [] : ports.slice(0, 1);
  return [...other, published.containerPort].map((port) => `${address}:${port}`);
}

/** Asks the first of these addresses that answers at all. */
async function askFirst(addresses: readonly string[], nonces: readonly string[], options: Asking): Promise<Answer[]> {
  let answers = nonces.map((nonce) => ({ nonce, status: 0, address: '', body: '' }));
  for (const address of addresses) {
    answers = await ask(address, nonces, { ...options, own: true });
    if (answers.some(({ status }) => status !== 0)) break;
  }
  return answers;
}
