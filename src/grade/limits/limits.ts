import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { SubmissionBuilds } from '../build-network/build-network.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { failedStep } from './build-log.ts';
import { baseOf, lineOf } from './dockerfile-steps.ts';
import { imageOf, namedImageOf, troubledOf, withStandIn } from './evidence.ts';
import { explainBuild, explainContainers, explainFeature, explainOtherProgram, needsNetwork } from './explain.ts';
import { triedNetwork } from './reach.ts';

export interface LimitContext {
  readonly api: EngineApi;
  readonly project: string;
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  readonly builds: Pick<SubmissionBuilds, 'mode' | 'seen'>;
  /** The output of this step's commands. */
  readonly printed: readonly string[];
  /** Builds a service again with counters (`counted`) and returns the output. */
  buildCounted(service: string): Promise<readonly string[]>;
}

/**
 * Determines whether a step failed only because of what the grader lacks: a network in builds and containers, or the image that
 * the submission names. Returns the cause and the remedy; undefined: the failure is the submission's own. Throws the engine's
 * errors.
 */
export async function findLimit(looking: LimitContext): Promise<Text | undefined> {
  const { api, project, normal, printed, builds } = looking;
  const unsupportedIn = looking.spec.proxy?.unsupportedIn;
  const step = failedStep(printed);
  const build = step && normal.services[step.service]?.build;
  if (!step || !build) {
    // a failing health check ends only a command that waits for it
    const waited = printed.some((line) => /\bis unhealthy\b/.test(line));
    const troubled = await troubledOf(api, project, normal);
    const known = explainContainers(waited ? troubled : troubled.map(({ health: _, ...one }) => one), unsupportedIn);
    return known ?? (await featureOf(api, normal)) ?? otherProgramOf(normal);
  }
  const base = baseOf(build, step.stage);
  const image = base && (await withStandIn(api, base));
  const line = lineOf(build, step);
  const place = line === undefined ? build.origin.file : `${build.origin.file}:${line}`;
  const { mode } = builds;
  const network = { mode, ...builds.seen(step.service) };
  const known = explainBuild({ step, place, network, unsupportedIn, ...(image ? { image } : {}) });
  if (known || mode === 'open' || step.cut || !/^RUN\b/i.test(step.instruction)) return known;
  return triedNetwork(await looking.buildCounted(step.service)) ? needsNetwork(place, step.instruction, mode) : undefined;
}

const otherProgramOf = ({ services }: NormalStack): Text | undefined =>
  explainOtherProgram(Object.values(services).flatMap((service) => namedImageOf(service) ?? []));

async function featureOf(api: EngineApi, normal: NormalStack): Promise<Text | undefined> {
  const found = Object.entries(normal.services).map(async ([name, service]) => {
    const image = await imageOf(api, normal, name);
    return image && explainFeature(name, image, service);
  });
  return (await Promise.all(found)).find((one) => one !== undefined);
}
