import { exec } from '../../docker/api/exec.ts';
import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { World } from '../../lab/world.ts';
import type { Observed } from '../../run/world.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { ProbeContainers } from './probe-containers.ts';
import { askFirst, frontsOf } from './proxy-front.ts';

const probeMs = 15_000;

/** One look at a submission: as at any stack, but probes are sent from containers of ours, and requests go to the front's own network. */
export function sandboxWorld(
  world: World,
  { api, spec, normal, probers }: Pick<Observed, 'api'> & { spec: StackSpec; normal: NormalStack; probers: ProbeContainers },
): World {
  let known: Promise<ProjectFacts> | undefined;
  const state = () => {
    known ??= world.state().then((facts) => asMeant(facts, normal));
    return known;
  };
  return {
    ...world,
    state,
    probe: async (id, script, timeoutMs = probeMs, alone) => {
      const at = (await state()).replicas.find((one) => one.id === id);
      return exec(api, await probers.beside(id, at?.startedAt ?? ''), script, timeoutMs, alone);
    },
    request: async (nonces, options) => {
      // we typed the learner's requests, so the log need not distinguish these
      return askFirst(frontsOf(await state(), spec), nonces, { ...options, unmarked: '/' });
    },
  };
}

/** Nothing is published in the sandbox: replicas are judged by the ports that their file asked for. */
const asMeant = (facts: ProjectFacts, { services }: NormalStack): ProjectFacts => ({
  ...facts,
  replicas: facts.replicas.map((one): Replica => ({ ...one, published: services[one.service]?.ports ?? [] })),
});
