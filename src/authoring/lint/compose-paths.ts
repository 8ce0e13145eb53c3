import type { ComposeFile } from '../../formats/compose-file.ts';
import { filled } from '../../formats/interpolate.ts';

/** A host path in a Compose file, relative to the file's folder. */
export interface Named {
  readonly path: string;
  /** mounted: a container may write below it. */
  readonly as: 'built' | 'mounted' | 'read';
}

type Tree = Readonly<Record<string, unknown>>;
const tree = (it: unknown): Tree => (typeof it === 'object' && it !== null ? (it as Tree) : {});
const list = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : it === undefined || it === null ? [] : [it]);
const word = (it: unknown): string | undefined => (typeof it === 'string' ? filled(it, {}) : undefined);

/** The file that a service is built with, below its build folder; undefined: its text is in the Compose file. */
export const dockerfileOf = (service: unknown): string | undefined => {
  const { dockerfile, dockerfile_inline: inline } = tree(tree(service)['build']);
  return inline === undefined ? (word(dockerfile) ?? 'Dockerfile') : undefined;
};

/** The folder that a service is built from; undefined if it is not built. */
export const buildOf = (service: unknown): string | undefined => {
  const { build } = tree(service);
  return build === undefined ? undefined : (word(build) ?? word(tree(build)['context']) ?? '.');
};

/** All paths below a Compose file's folder that it builds from, mounts or reads. */
export function pathsIn(file: ComposeFile): Named[] {
  const { include, configs, secrets } = file as unknown as Tree;
  const services = Object.values(file.services).map(tree);
  const read = [
    ...list(include).flatMap((one) => word(one) ?? list(tree(one)['path']).map(word)),
    ...[configs, secrets].flatMap((part) => Object.values(tree(part)).map((one) => word(tree(one)['file']))),
    ...services.flatMap((service) => [
      ...list(service['env_file']).map((one) => word(one) ?? word(tree(one)['path'])),
      word(tree(service['extends'])['file']),
    ]),
  ];
  return [
    ...services.map((service) => ({ path: buildOf(service), as: 'built' as const })),
    ...services.flatMap((service) =>
      list(service['volumes']).map((volume) => ({ path: sourceOf(volume), as: 'mounted' as const })),
    ),
    ...read.map((path) => ({ path, as: 'read' as const })),
  ].filter((named): named is Named => named.path !== undefined && !/^(?:[/~]|[a-z]+:\/\/)/.test(named.path));
}

/** The host path of a volume; undefined for a named volume. */
function sourceOf(volume: unknown): string | undefined {
  const short = word(volume);
  if (short === undefined) return tree(volume)['type'] === 'bind' ? word(tree(volume)['source']) : undefined;
  const [source = ''] = short.split(':');
  return short.includes(':') && /^\.{1,2}(?:\/|$)/.test(source) ? source : undefined;
}
