import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { baseName } from '../../../formats/image-name.ts';
import { assets } from '../../../platform/package-root.ts';

/** How an image is built from Debian's packages, instead of the official one. */
export interface Recipe {
  /** The folder with its Dockerfile: below `assets/images`, or an absolute path. */
  readonly folder: string;
  /** Programs that the official image has and this one lacks. */
  readonly lacks?: readonly string[];
  /** Folders that the official image reads at start and this one ignores. */
  readonly ignores?: readonly string[];
}

let known: Readonly<Record<string, Recipe>> | undefined;

/** The images that can be built from Debian's packages: `assets/images/recipes.json`. */
function recipes(): Readonly<Record<string, Recipe>> {
  known ??= JSON.parse(readFileSync(join(assets, 'images', 'recipes.json'), 'utf8')) as Record<string, Recipe>;
  return known;
}

/**
 * The recipe of an image; undefined: it cannot be built. `own`: a tutorial's folder of recipes, each in a folder named as the image without registry, path
 * and tag (`postgres` for `docker.io/library/postgres:17`).
 */
export function recipeFor(ref: string, own?: string): Recipe | undefined {
  if (Object.hasOwn(recipes(), ref)) return recipes()[ref];
  const folder = own === undefined ? undefined : join(own, baseName(ref));
  return folder !== undefined && existsSync(join(folder, 'Dockerfile')) ? { folder } : undefined;
}

/** The base image of those Dockerfiles. */
export const baseRef = 'debian:trixie-slim';

/** The label with the hash that an image was built from; another value means that it is out of date. */
export const label = 'labwright.base';

export const buildable = (ref: string, own?: string): boolean => recipeFor(ref, own) !== undefined;

/** The folder with its Dockerfile. */
export const recipeFolder = ({ folder }: Recipe): string => resolve(assets, 'images', folder);

/** A hash of all files of a recipe and of its base. */
export async function recipeHash(folder: string, base: string): Promise<string> {
  const hash = createHash('sha256').update(base);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name));
  for (const path of paths.sort()) hash.update(`\0${relative(folder, path)}\0`).update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
}
