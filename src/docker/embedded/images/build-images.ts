import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { lock, machineLock } from '../../../platform/lock.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import { hostSettings, proxyOf } from '../packages/apt-settings.ts';
import { findArchive } from '../packages/distribution.ts';
import { lackingForImages, provideNeeds } from '../packages/host-dependencies.ts';
import type { EmbeddedOptions } from '../progress.ts';
import { provideBase } from './base-image.ts';
import { buildFailed, buildOutput } from './build-failed.ts';
import { inspect } from './inspect.ts';
import { label, type Recipe, recipeFolder, recipeFor, recipeHash } from './recipes.ts';

/**
 * Ensures that these images are on the private engine, built from Debian's packages and up to date with their Dockerfiles. Leaves pulled images as
 * they are. Throws LabError E_IMAGE_BUILD, E_IMAGE_MISSING, E_ENGINE_NEEDS.
 */
export async function buildImages(
  env: Readonly<Record<string, string>>,
  host: string,
  refs: readonly string[],
  progress: EmbeddedOptions,
): Promise<void> {
  const recipes = [...new Set(refs)].map((ref) => {
    const recipe = recipeFor(ref, progress.recipes);
    if (recipe) return { ref, recipe };
    throw new LabError(
      'E_IMAGE_MISSING',
      text(`${ref} can't be built from Debian's packages`, `${ref} 無法用 Debian 套件建置`),
      text(
        'pull it where a registry can be reached, or load it from a file (`lab images load FILE`)',
        '請在可以連線到 registry 的環境下載，或從檔案載入（`lab images load FILE`）',
      ),
    );
  });
  const found = await findArchive();
  if (!found.ok)
    throw new LabError(
      'E_ENGINE_UNSUPPORTED',
      found.reason,
      text('load the images from a file (`lab images load FILE`)', '請從檔案載入映像檔（`lab images load FILE`）'),
    );
  await provideNeeds(lackingForImages, progress);
  await using _held = await lock(
    machineLock(`images-${host}`),
    () =>
      progress.progress?.(
        text('waiting: another labwright process is building images', '等待中：另一個 labwright 正在建置映像檔'),
      ),
    progress.signal,
  );
  progress.signal?.throwIfAborted();
  const base = await provideBase(env, found.archive, progress);
  const args = await buildArgs();
  await Promise.all(recipes.map((one) => build(env, one, base, args, progress)));
}

async function build(
  env: Readonly<Record<string, string>>,
  { ref, recipe }: { readonly ref: string; readonly recipe: Recipe },
  base: string,
  args: readonly string[],
  { progress, signal }: EmbeddedOptions,
): Promise<void> {
  const folder = recipeFolder(recipe);
  const [hash, there] = await Promise.all([recipeHash(folder, base), inspect(env, ref)]);
  if (there && (there.label === undefined || there.label === hash)) return;
  const run = shell({ env, ...(signal ? { signal } : {}) });
  // the host's network, because its mirror or proxy may be reachable only from there
  const done =
    await run`docker build --progress plain --network host --label ${`${label}=${hash}`} --tag ${ref} ${args} ${folder}`;
  signal?.throwIfAborted();
  if (!done.ok) throw buildFailed(ref, buildOutput(complaint(done, 400)));
  progress?.(text(`built ${ref}`, `建置完成：${ref}`));
}

/** Build arguments: the proxies of this process or the host's apt, and the hour, so that package lists are refreshed hourly. */
async function buildArgs(): Promise<string[]> {
  const proxy = proxyOf(await hostSettings());
  const named = ['http_proxy', 'https_proxy', 'no_proxy'].filter((name) => process.env[name]);
  const values = [
    `LISTS=${new Date().toISOString().slice(0, 13)}`,
    ...named,
    ...(proxy && !process.env['http_proxy'] ? [`http_proxy=${proxy}`] : []),
  ];
  return values.flatMap((value) => ['--build-arg', value]);
}
