import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ComposeService, parseCompose } from '../../formats/compose-file.ts';
import { readStages } from '../../formats/dockerfile.ts';
import { variablesIn } from '../../formats/dotenv.ts';
import { filled } from '../../formats/interpolate.ts';
import { text } from '../../lab/text.ts';
import { loadPlain, readPlain } from '../../platform/plain-file.ts';

/**
 * The images that a tutorial's stacks start from: those that services name and do not build, and the `FROM` images of the built ones. In order of
 * appearance, each once. `dir` is the tutorial's folder; `stacks`: the folders of its stacks below it, omitted: all of its folders.
 */
export async function requiredImages(dir: string, env: NodeJS.ProcessEnv = {}, stacks?: readonly string[]): Promise<string[]> {
  const refs: string[] = [];
  for (const name of stacks ?? (await foldersIn(dir))) {
    const path = join(dir, name, 'compose.yaml');
    const file = await read(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) continue;
    const all = { ...(await dotenvOf(dirname(path))), ...env };
    for (const service of Object.values(parseCompose(file, path).services)) {
      if (!service) continue;
      refs.push(...(service.build ? await baseImages(dirname(path), service.build, all) : imageOf(service, all)));
    }
  }
  return [...new Set(refs)];
}

const read = async (path: string): Promise<string> => (await readPlain(path, { maxBytes: 4_000_000 })).toString('utf8');

/** The variables of a stack's `.env`; none if there is no such file. */
export async function dotenvOf(dir: string): Promise<Readonly<Record<string, string>>> {
  const source = await loadPlain(join(dir, '.env'), {
    maxBytes: 100_000,
    code: 'E_LAB_INVALID',
    hint: text('it is a text file of variables', '它是設定變數的文字檔'),
  });
  return source ? variablesIn(source.toString('utf8')) : {};
}

const foldersIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b));

const imageOf = (service: ComposeService, env: NodeJS.ProcessEnv): string[] =>
  service.image ? [filled(service.image, env)] : [];

async function baseImages(dir: string, build: NonNullable<ComposeService['build']>, env: NodeJS.ProcessEnv): Promise<string[]> {
  const {
    context = '.',
    dockerfile = 'Dockerfile',
    dockerfile_inline: inline,
  } = typeof build === 'string' ? { context: build } : build;
  if (inline !== undefined) return parseBases(inline);
  return parseBases(await read(join(dir, filled(context, env), dockerfile)));
}

/** The base images of a Dockerfile: each `FROM` that is neither `scratch` nor one of its own stages, with the defaults of its `ARG`s. */
export function parseBases(dockerfile: string): string[] {
  const { args, stages } = readStages(dockerfile);
  const own = new Set(['scratch']);
  const bases: string[] = [];
  for (const { name, from } of stages) {
    const base = filled(from, args);
    if (!own.has(base.toLowerCase())) bases.push(base);
    if (name !== '') own.add(name);
  }
  return bases;
}
