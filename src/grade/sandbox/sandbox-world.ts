import type { EngineApi } from '../../docker/api/engine-api.ts';
import { exec } from '../../docker/api/exec.ts';
import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { GraderTools, World } from '../../lab/world.ts';
import type { Clock } from '../../run/clock.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { awaitReady } from './direct.ts';
import type { ProbeContainers } from './probe-containers.ts';
import { askFirst, frontsOf } from './proxy-front.ts';

const probeMs = 15_000;

interface SandboxWorldOptions {
  readonly clock: Clock;
  readonly api: EngineApi;
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  readonly probers: ProbeContainers;
  /** The tools of an audit that begins with this look. */
  graderFor(world: World): GraderTools;
}

/**
 * A snapshot of a submission: as of any stack, but labwright's own containers send probes, and requests go to the front's own
 * network.
 */
export function sandboxWorld(world: World, { api, clock, spec, normal, probers, graderFor }: SandboxWorldOptions): World {
  let known: Promise<ProjectFacts> | undefined;
  const state = () => {
    known ??= world.state().then((facts) => asMeant(facts, normal));
    return known;
  };
  const own: World = {
    ...world,
    state,
    probesFromAny: true,
    ready: (addresses, options) => awaitReady(addresses, options, clock),
    probe: async (id, script, timeoutMs = probeMs, alone) => {
      const at = (await state()).replicas.find((one) => one.id === id);
      return exec(api, await probers.beside(id, at?.startedAt ?? ''), script, timeoutMs, alone);
    },
    request: async (nonces, options) => {
      // labwright sent the learner's requests, so the log need not distinguish these
      return askFirst(frontsOf(await state(), spec), nonces, { ...options, unmarked: '/' });
    },
  };
  return { ...own, grader: graderFor(own) };
}

/** The sandbox publishes no ports: replicas are judged by the ports that their file requests. */
const asMeant = (facts: ProjectFacts, { services }: NormalStack): ProjectFacts => ({
  ...facts,
  replicas: facts.replicas.map((one): Replica => ({ ...one, published: services[one.service]?.ports ?? [] })),
});
