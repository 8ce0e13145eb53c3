import { baseName } from '../../formats/image-name.ts';
import { LabError } from '../../lab/error.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { ApiError } from '../api/api-error.ts';
import { buildable, buildBase } from '../embedded/embedded-engine.ts';
import type { Engine } from '../engine.ts';
import { pullImage } from './pull.ts';
import { isRegistryFailure } from './pull-error.ts';
import { parseRef } from './registry.ts';

export interface ImageWork {
  /** Reports what is happening; one line replaces the one before. */
  readonly progress: (line: Text) => void;
  readonly signal: AbortSignal;
  readonly homes: Homes;
  /** For the private engine, which may have to install its build tools. */
  readonly unattended: boolean;
  readonly ask?: (question: Text) => Promise<boolean>;
  /** A tutorial's own folder of recipes for images, see `recipeFor`. */
  readonly recipes?: string;
}

/** Which of the images were present, which were pulled, which were built here. */
export interface Ensured {
  readonly present: readonly string[];
  readonly pulled: readonly string[];
  readonly built: readonly string[];
}

/** An image as stored on the engine. */
export interface StoredImage {
  readonly ref: string;
  readonly id: string;
  readonly bytes: number;
}

/** The image on the engine; undefined if there is none. */
export async function findImage(engine: Pick<Engine, 'api'>, ref: string): Promise<StoredImage | undefined> {
  try {
    const found = await engine.api.get<{ Id: string; Size: number }>(`/images/${ref}/json`);
    return { ref, id: found.Id, bytes: found.Size };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Ensures that the images are on the engine: present → pulled → on the private engine only, built from Debian's packages. A registry that cannot be
 * reached is not tried a second time. Throws LabError E_REGISTRY_UNREACHABLE, E_IMAGE_RATE_LIMIT, E_IMAGE_MISSING, E_IMAGE_REFUSED, E_IMAGE_BUILD.
 */
export async function ensureImages(engine: Engine, refs: readonly string[], work: ImageWork): Promise<Ensured> {
  const present: string[] = [];
  const pulled: string[] = [];
  const unpulled = new Map<string, LabError>();
  const silent = new Map<string, LabError>();
  const found = await Promise.all([...new Set(refs)].map(async (ref) => [ref, await findImage(engine, ref)] as const));
  for (const [ref, image] of found) {
    work.signal.throwIfAborted();
    if (image) {
      present.push(ref);
      continue;
    }
    const { registry } = parseRef(ref);
    const known = silent.get(registry);
    const error = known ?? (await pullImage(engine, ref, work).catch(ifLabError));
    if (!error) pulled.push(ref);
    else if (engine.kind === 'docker' || !isRegistryFailure(error)) throw error;
    else unpulled.set(ref, error);
    if (error?.code === 'E_REGISTRY_UNREACHABLE') silent.set(registry, error);
  }
  const built = [...unpulled.keys()];
  if (built.length > 0) {
    const hopeless = built.find((ref) => !buildable(ref, work.recipes));
    const error = hopeless && unpulled.get(hopeless);
    if (error) throw work.recipes === undefined ? error : withRecipe(error, hopeless);
    const [why] = unpulled.values();
    if (why) work.progress(joinTexts([why.text, insteadBuilt(built)], text('; ', '；')));
    await buildBase(work.homes, { host: engine.api.endpoint.host, env: engine.compose.env }, built, work);
  }
  return { present, pulled, built };
}

/** The error for an image that the tutorial could describe. */
const withRecipe = ({ code, text: message, hint, cause }: LabError, ref: string): LabError => {
  const file = `images/${baseName(ref)}/Dockerfile`;
  return new LabError(
    code,
    message,
    text(
      `${hint.en}; an author can add a stand-in beside tutorial.md: ${file}`,
      `${hint['zh-TW']}；作者可以在 tutorial.md 旁加上替代映像檔：${file}`,
    ),
    { cause },
  );
};

const insteadBuilt = (refs: readonly string[]): Text =>
  text(`building ${refs.join(', ')} from Debian's packages instead`, `改用 Debian 套件建置 ${refs.join('、')}`);

const ifLabError = (error: unknown): LabError => {
  if (error instanceof LabError) return error;
  throw error;
};
