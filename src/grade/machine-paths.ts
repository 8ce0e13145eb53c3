import { basename, isAbsolute, join, relative } from 'node:path';
import { mapTexts } from '../formats/untrusted-text.ts';
import { root } from '../platform/package-root.ts';

/** Where a submission is on the grading machine. */
export interface SubmissionPlaces {
  /** Each folder that contains the submission's files. */
  readonly files: readonly string[];
  /** The Compose project that it runs as. */
  readonly project?: string;
  /** Other folders of the machine: the run's own, those of labwright. */
  readonly machine: readonly string[];
}

/** The folder in which an engine keeps the content of a volume. */
const volumeFolder = /^.*\/volumes\/([^/]+)\/_data/;
/** The parts of a text between which a path can end. */
const token = /[^\s"'`()<>（）「」，。；]+/g;

/**
 * A grade without paths of the grading machine, for students and for comparison with other submissions: a file of the submission has its path below
 * the submission's folder, a volume its name, and containers and networks have the names of the submission's Compose file.
 */
export function withoutMachinePaths<Value>(value: Value, { files, project, machine }: SubmissionPlaces): Value {
  const folders = [...files, ...machine].sort((one, other) => other.length - one.length);
  const own = project === undefined ? [] : [`${project}-`, `${project}_`];
  return mapTexts(value, (words) => {
    const named = words.replaceAll(token, (one) => (one.startsWith('/') ? one.replace(volumeFolder, '$1') : one));
    const shown = folders.reduce((text, folder) => text.replaceAll(below(folder), '').replaceAll(itself(folder), '.'), named);
    return own.reduce((text, prefix) => text.replaceAll(prefix, ''), shown);
  });
}

const escaped = (path: string): string => path.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
const below = (folder: string): RegExp => new RegExp(`${escaped(folder)}/+(?=[^\\s"'\`])`, 'g');
const itself = (folder: string): RegExp => new RegExp(`${escaped(folder)}/?(?![\\w.-])`, 'g');

/** A path as a report shows it: as it was named, but below labwright's own folder, or its last part, instead of an absolute one. */
export function reportedPath(path: string): string {
  if (!isAbsolute(path)) return path;
  return path.startsWith(join(root, '/')) ? relative(root, path) : basename(path);
}
