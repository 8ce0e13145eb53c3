import { exec } from '../../docker/api/exec.ts';
import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { World } from '../../lab/world.ts';
import type { Observed } from '../../run/world.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { graderTools } from './grader-tools.ts';
import type { ProbeContainers } from './probe-containers.ts';
import { askFirst, frontsOf } from './proxy-front.ts';

const probeMs = 15_000;

interface SandboxWorldOptions extends Pick<Observed, 'api'> {
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  readonly probers: ProbeContainers;
  /** Called before a container is paused, with its name. */
  onPause(name: string): void;
}

/**
 * A snapshot of a submission: as of any stack, but labwright's own containers send probes, and requests go to the front's own
 * network.
 */
export function sandboxWorld(world: World, { api, spec, normal, probers, onPause }: SandboxWorldOptions): World {
  let known: Promise<ProjectFacts> | undefined;
  const state = () => {
    known ??= world.state().then((facts) => asMeant(facts, normal));
    return known;
  };
  return {
    ...world,
    state,
    probesFromAny: true,
    grader: graderTools({ api, spec, state, onPause }),
    probe: async (id, script, timeoutMs = probeMs, alone) => {
      const at = (await state()).replicas.find((one) => one.id === id);
      return exec(api, await probers.beside(id, at?.startedAt ?? ''), script, timeoutMs, alone);
    },
    request: async (nonces, options) => {
      // labwright sent the learner's requests, so the log need not distinguish these
      return askFirst(frontsOf(await state(), spec), nonces, { ...options, unmarked: '/' });
    },
  };
}

/** The sandbox publishes no ports: replicas are judged by the ports that their file requests. */
const asMeant = (facts: ProjectFacts, { services }: NormalStack): ProjectFacts => ({
  ...facts,
  replicas: facts.replicas.map((one): Replica => ({ ...one, published: services[one.service]?.ports ?? [] })),
});
