import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { dotenvOf } from '../../docker/images/required-images.ts';
import { composeFileNames, parseCompose } from '../../formats/compose-file.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { assets } from '../../platform/package-root.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { slugOf } from '../markdown/slug.ts';
import { tutorialFor } from './from-compose.ts';

export interface ScaffoldOptions {
  readonly kind: 'markdown' | 'typescript';
  /** The Compose file of an existing stack, an absolute path. */
  readonly from?: string;
  /** What package.json writes to depend on labwright; omitted: it does not. */
  readonly labwright?: string;
}

/**
 * Creates a tutorial in the folder `dir`, which is new or empty: a small example, or one for an existing stack, whose folder is copied. Resolves to the paths
 * of what was written, below `dir`. Throws LabError E_LAB_INVALID for a Compose file that is not valid, and E_USAGE for one that cannot be copied.
 */
export async function scaffold(dir: string, { kind, from, labwright }: ScaffoldOptions): Promise<string[]> {
  const id = slugOf(basename(dir)) ?? 'my-lab';
  if (from !== undefined) return fromStack(dir, id, from);
  await onPath(dir, () => mkdir(dir, { recursive: true }));
  const source = join(assets, 'new', kind);
  await onPath(dir, () => cp(source, dir, { recursive: true, errorOnExist: true, force: false }));
  const main = kind === 'markdown' ? 'tutorial.md' : 'tutorial.ts';
  const path = join(dir, main);
  const content = (await readPlain(path, { maxBytes: 100_000 })).toString('utf8');
  await onPath(path, () => writeFile(path, content.replaceAll('my-lab', id)));
  if (kind === 'typescript')
    await onPath(dir, () =>
      writeFile(join(dir, 'package.json'), `${JSON.stringify(packageOf(id, labwright), null, 2)}\n`, { flag: 'wx' }),
    );
  return (await readdir(dir)).sort();
}

/** For an editor's types; `lab` itself does not need it. */
const packageOf = (name: string, labwright: string | undefined) => ({
  name,
  private: true,
  type: 'module',
  ...(labwright === undefined ? {} : { devDependencies: { labwright } }),
});

const left = new Set(['.git', 'node_modules', '.labwright']);

async function fromStack(dir: string, id: string, from: string): Promise<string[]> {
  const folder = dirname(from);
  if (!relative(folder, dir).startsWith('..'))
    throw new LabError(
      'E_USAGE',
      text(
        `lab new: ${dir} is inside the stack's own folder, which would be copied into itself`,
        `lab new：${dir} 位於這組服務自己的資料夾裡，會複製到自己裡面`,
      ),
      text('name a folder elsewhere', '請指定其他位置的資料夾'),
    );
  const source = (await onPath(from, () => readPlain(from, { maxBytes: 4_000_000 }))).toString('utf8');
  const file = parseCompose(source, basename(from));
  for (const [name, service] of Object.entries(file.services)) {
    const build = typeof service?.build === 'string' ? service.build : service?.build?.context;
    if (build !== undefined && relative(folder, resolve(folder, build)).startsWith('..'))
      throw new LabError(
        'E_USAGE',
        text(
          `lab new: ${name} is built from ${build}, outside of the stack's folder`,
          `lab new：${name} 是從 ${build} 建置的，位於這組服務的資料夾之外`,
        ),
        text('move it into the folder of the Compose file', '請移到 Compose 檔所在的資料夾裡'),
      );
  }
  const stack = join(dir, 'stack');
  await onPath(dir, () => mkdir(dir, { recursive: true }));
  await onPath(stack, () => cp(folder, stack, { recursive: true, filter: (path) => !left.has(basename(path)) }));
  if (basename(from) !== 'compose.yaml') await rename(join(stack, basename(from)), join(stack, 'compose.yaml'));
  const env = await dotenvOf(stack);
  const path = join(dir, 'tutorial.md');
  await onPath(path, () => writeFile(path, tutorialFor(file, { id, dir: 'stack', env }), { flag: 'wx' }));
  return ['stack', 'tutorial.md'];
}

/** The Compose file that a path names: itself, or the one in that folder. */
export async function composeFileAt(path: string): Promise<string> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!names) return path;
  const name = composeFileNames.find((one) => names.includes(one));
  if (name !== undefined) return join(path, name);
  throw new LabError(
    'E_USAGE',
    text(`lab new: there is no Compose file in ${path}`, `lab new：${path} 裡沒有 Compose 檔`),
    text(`it has one of these names: ${composeFileNames.join(', ')}`, `檔名應為：${composeFileNames.join('、')}`),
  );
}
