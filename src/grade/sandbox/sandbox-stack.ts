import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordExecs } from '../../docker/api/exec-events.ts';
import { watchForeignActions } from '../../docker/api/foreign-actions.ts';
import { watchProcessorUse } from '../../docker/api/processor-use.ts';
import type { Engine } from '../../docker/engine.ts';
import type { Stack, StackSpec } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { World } from '../../lab/world.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Clock } from '../../run/clock.ts';
import type { View } from '../../run/poll-checks.ts';
import { observe } from '../../run/world.ts';
import type { SubmissionBuilds } from '../build-network/build-network.ts';
import { failedStep } from '../limits/build-log.ts';
import { buildCounted } from '../limits/counted-build.ts';
import { lineOf } from '../limits/dockerfile-steps.ts';
import { findLimit } from '../limits/limits.ts';
import { Printed } from '../limits/printed.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { FailedBuild } from '../substitution/evidence.ts';
import { graderTools } from './grader-tools.ts';
import { makeProbeContainers, type ProbeContainers } from './probe-containers.ts';
import { awaitFront } from './proxy-front.ts';
import { builtTag, contentPath, type Held, renderStack } from './render-compose.ts';
import { composeEnv, sandboxCommands } from './sandbox-commands.ts';
import { sandboxWorld } from './sandbox-world.ts';
import { wantedVolumes } from './wanted-volumes.ts';

export interface SandboxOptions extends Omit<Held, 'wanted' | 'dockerfiles' | 'contents'> {
  readonly builds: SubmissionBuilds;
  readonly engine: Engine;
  /** The stack with the rubric's service names. */
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  /** The run's own folder, which contains the submission's. */
  readonly runDir: string;
  /** An image with curl and dig, for the probers. */
  readonly proberImage: string;
  readonly clock: Clock;
  nonce(): string;
}

/** A submission's stack, ready for commands and checks. */
export interface SandboxStack extends View, AsyncDisposable {
  readonly project: string;
  stack(signal: AbortSignal): Stack;
  /** The states of its containers, and when each was started: it changes with each start and end. */
  starts(): Promise<string>;
  /** Waits until the published service, and the services that it passes requests to, accept connections: see `awaitFront`. */
  opened(signal: AbortSignal): Promise<void>;
  /** Whether the submission's containers use the processor: see `watchProcessorUse`. */
  busy(): Promise<boolean>;
  /** The step at which a build of the last commands failed; undefined: none did. */
  failedBuild(): FailedBuild | undefined;
  /** What another process or the engine did to the containers; undefined: nothing. */
  disturbance(): Promise<Text | undefined>;
  /** Why the last step failed, if only because of what the grader lacks. Undefined: the failure is the submission's own. */
  limit(signal: AbortSignal): Promise<Text | undefined>;
}

/** Writes the files to run and listens to events. Creates nothing on the engine yet. */
export async function openSandbox(options: SandboxOptions): Promise<SandboxStack> {
  const { engine, spec, normal, project, runDir, clock } = options;
  const { api, compose } = engine;
  const { file, held } = await writeStack(options);
  const probers = await makeProbeContainers(api, { runId: options.runId, project, image: options.proberImage, dir: runDir });
  const { recorder, witness } = await listen(options, probers);
  let printed = new Printed();
  const imageOf = async (service: string) => normal.services[service]?.image ?? builtTag(project, service);
  const inner = observe({ api, project, spec, dir: options.dir, clock, recorder, nonce: options.nonce, imageOf });
  const look = (): World => sandboxWorld(inner.look(), { api, clock, spec, normal, probers, graderFor });
  const graderFor = (world: World) => graderTools({ ...options, api, look, witness }, world);
  const env = composeEnv(compose, { runDir, project, file, runId: options.runId });
  const output = (line: string) => {
    printed.add(line);
    witness.command(line);
  };
  return {
    project,
    look,
    watch: inner.watch,
    starts: async () =>
      (await look().state()).replicas.map(({ id, state, startedAt }) => `${id} ${state} ${startedAt}`).join('\n'),
    opened: (signal) => awaitFront({ look, spec, clock }, signal),
    stack: (signal) => {
      printed = new Printed();
      return sandboxCommands({ api, compose, spec, project, dir: runDir, env, clock, imageOf, look, output }, signal);
    },
    busy: watchProcessorUse(api, project),
    failedBuild: () => failedBuildIn(printed.lines, normal),
    disturbance: witness.disturbance,
    limit: (signal) =>
      findLimit({
        ...options,
        api,
        printed: printed.lines,
        buildCounted: (service) => buildCounted(service, { compose, env, runDir, normal, held, signal }),
      }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([recorder.close(), witness.close()]);
    },
  };
}

function failedBuildIn(printed: readonly string[], { services }: NormalStack): FailedBuild | undefined {
  const step = failedStep(printed);
  const build = step && services[step.service]?.build;
  if (!step || !build || step.cut) return undefined;
  const line = lineOf(build, step);
  const { service, instruction, output } = step;
  return { service, instruction, output, file: build.origin.file, ...(line === undefined ? {} : { line }) };
}

/** Writes the Compose file and the Dockerfiles to run into the run's own folder. */
async function writeStack(options: SandboxOptions): Promise<{ file: string; held: Held }> {
  const { engine, normal, runDir } = options;
  const dockerfiles = join(runDir, 'dockerfiles');
  const contents = join(runDir, 'contents');
  await Promise.all([mkdir(dockerfiles), mkdir(contents)]);
  for (const [name, { build }] of Object.entries(normal.services))
    if (build) await onPath(join(dockerfiles, name), () => writeFile(join(dockerfiles, name), build.dockerfileText));
  const file = join(runDir, 'compose.yaml');
  const held: Held = { ...options, dockerfiles, contents, wanted: await wantedVolumes(engine.api, normal) };
  for (const [name, { mounts }] of Object.entries(normal.services))
    for (const [index, mount] of mounts.entries())
      if (mount.type === 'content') await writeReadable(contentPath(held, name, index), mount.content);
  await onPath(file, () => writeFile(file, renderStack(normal, held)));
  return { file, held };
}

/** Containers read the file, whatever this process's umask and their user. */
async function writeReadable(path: string, content: string): Promise<void> {
  await onPath(path, () => writeFile(path, content));
  await onPath(path, () => chmod(path, 0o644));
}

/** Listens to the project's events: commands that others run in its containers, and other actions on these. */
async function listen({ engine, project, spec }: SandboxOptions, probers: ProbeContainers) {
  const known = new Set<string>();
  const recorder = await recordExecs(engine.api, project, (id, service) => {
    if (service !== spec.services[spec.probeFrom]?.name || known.has(id)) return;
    // only once: no step probes after a restart, which would need a further one
    known.add(id);
    // an error here is reported by the first probe
    probers.ahead(id).catch(() => undefined);
  });
  try {
    return { recorder, witness: await watchForeignActions(engine.api, project) };
  } catch (error) {
    await recorder.close();
    throw error;
  }
}
