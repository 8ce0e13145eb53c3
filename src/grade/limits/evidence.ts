import { ApiError } from '../../docker/api/api-error.ts';
import { containerLog } from '../../docker/api/container-log.ts';
import { type EngineApi, filters } from '../../docker/api/engine-api.ts';
import { imageFacts, projectLabel } from '../../docker/api/project-facts.ts';
import { recipeFor, label as standInLabel } from '../../docker/embedded/images/recipes.ts';
import { LabError } from '../../lab/error.ts';
import type { NormalService, NormalStack, ReplacedImage } from '../policy/sanitized-stack.ts';
import { baseOf } from './dockerfile-steps.ts';
import type { Troubled } from './explain.ts';
import type { UsedImage } from './lack.ts';

/** The fields of the engine's answer that are used here (https://docs.docker.com/reference/api/engine/). */
interface Inspected {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly State: {
    readonly Running: boolean;
    readonly Error?: string;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { ExitCode: number; Output: string }[] | null };
  };
}

const logLines = 40;
const logMs = 5000;

/** The image that a submission's service ran with, or is built on. */
export async function imageOf(api: EngineApi, { services }: NormalStack, service: string): Promise<UsedImage | undefined> {
  const replaced = namedImageOf(services[service]);
  return replaced && withStandIn(api, replaced);
}

/** The same, as the submission names it. */
export function namedImageOf(service: NormalService | undefined): ReplacedImage | undefined {
  const { image, named, unavailable, build } = service ?? {};
  if (build) return baseOf(build);
  return image === undefined ? undefined : { used: image, named: named ?? image, ...(unavailable ? { unavailable } : {}) };
}

export async function withStandIn(api: EngineApi, image: ReplacedImage): Promise<UsedImage> {
  const { labels } = await imageFacts(api, image.used);
  return { ...image, ...(labels[standInLabel] === undefined ? {} : { standIn: recipeFor(image.used) ?? {} }) };
}

/**
 * The containers of a project that ended, could not start, or fail their health check. A container that is removed meanwhile is
 * omitted.
 */
export async function troubledOf(api: EngineApi, project: string, stack: NormalStack): Promise<Troubled[]> {
  const listed = await api.get<{ Id: string }[]>('/containers/json', {
    all: true,
    filters: filters({ label: [projectLabel(project)] }),
  });
  const looked = listed.map(async ({ Id }): Promise<Troubled[]> => {
    const { Config, State } = await api.get<Inspected>(`/containers/${Id}/json`);
    const checked = State.Health?.Log?.at(-1);
    const sick = checked && checked.ExitCode !== 0 && State.Health?.Status !== 'healthy';
    if (State.Running && !sick) return [];
    const service = Config.Labels?.['com.docker.compose.service'] ?? '';
    const image = await imageOf(api, stack, service);
    const log = State.Running ? '' : await containerLog(api, Id, { lines: logLines, timeoutMs: logMs });
    const output = [State.Error ?? '', ...log.split('\n')].filter((line) => line !== '');
    return [{ service, ...(image ? { image } : {}), output, ...(sick ? { health: checked.Output } : {}) }];
  });
  return (await Promise.all(looked.map(unlessGone))).flat();
}

const unlessGone = (look: Promise<Troubled[]>): Promise<Troubled[]> =>
  look.catch((error: unknown) => {
    const gone = (error instanceof ApiError && error.status === 404) || (error instanceof LabError && error.code === 'E_PROBE');
    if (gone) return [];
    throw error;
  });
