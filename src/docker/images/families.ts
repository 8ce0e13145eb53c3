import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryOf } from '../../formats/image-name.ts';
import { assets } from '../../platform/package-root.ts';

/** Images of one repository, whatever their tag, digest or variant, that people use for such projects. */
export interface Family {
  /** What a project uses it for. */
  readonly why: string;
  /** Where its maker describes it. */
  readonly source: string;
  /** The image of the tutorial that runs where no registry can be reached; omitted: none can. */
  readonly standIn?: string;
  /** The stand-in is another program with the same protocol: a failure with it proves nothing about the submission. */
  readonly differs?: boolean;
}

let known: Readonly<Record<string, Family>> | undefined;

/** All families, by the short name of their repository: `assets/images/families.json`. */
export function families(): Readonly<Record<string, Family>> {
  known ??= JSON.parse(readFileSync(join(assets, 'images', 'families.json'), 'utf8')) as Record<string, Family>;
  return known;
}

/** The family of an image; undefined: it is of none. */
export function familyOf(image: string): Family | undefined {
  const name = repositoryOf(image);
  return Object.hasOwn(families(), name) ? families()[name] : undefined;
}
