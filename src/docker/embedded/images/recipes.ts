import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assets } from '../../../platform/package-root.ts';

/** The images that can be built from Debian's packages, and their folders in `assets/images`. */
const recipes: Readonly<Record<string, string>> = {
  'python:3.13-slim': 'python',
  'redis:8.0': 'redis',
  'nginx:1.26': 'nginx',
  'nicolaka/netshoot:v0.13': 'client',
};

/** The base image of those Dockerfiles. */
export const baseRef = 'debian:trixie-slim';

/** The label with the hash that an image was built from; another value means that it is out of date. */
export const label = 'labwright.base';

export const buildable = (ref: string): boolean => Object.hasOwn(recipes, ref);

/** The folder with the Dockerfile of an image. */
export const recipeOf = (ref: string): string => join(assets, 'images', recipes[ref] ?? '');

/** A hash of all files of a recipe and of its base. */
export async function recipeHash(folder: string, base: string): Promise<string> {
  const hash = createHash('sha256').update(base);
  for (const name of (await readdir(folder)).sort()) hash.update(`\0${name}\0`).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
