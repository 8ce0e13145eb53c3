import { composeFileNames } from '../../formats/compose-file.ts';

/** What a file is compared as: files are compared only with files of their kind. */
export type SourceKind = 'compose' | 'dockerfile' | 'conf' | 'app';
export const sourceKinds: readonly SourceKind[] = ['compose', 'dockerfile', 'conf', 'app'];

/** A text file of a submission, or one that the tutorial hands out. */
export interface SourceFile {
  /** Path below the project's folder, with `/`, printable. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly text: string;
}

/** How a language writes comments. */
export type Comments = 'hash' | 'slash' | 'both';

const hashed = 'py pyw rb sh bash pl r jl ex exs lua';
const slashed = 'js mjs cjs jsx ts mts tsx go java kt kts scala rs c h cc cpp hpp cs swift dart css scss sql html htm vue svelte';
const commentsOf = new Map<string, Comments>([
  ...hashed.split(' ').map((ending) => [ending, 'hash'] as const),
  ...slashed.split(' ').map((ending) => [ending, 'slash'] as const),
  ['php', 'both'],
]);

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const endingOf = (path: string): string => /\.([a-z0-9]+)$/.exec(nameOf(path))?.[1] ?? '';

export const commentsIn = (path: string): Comments => commentsOf.get(endingOf(path)) ?? 'hash';

/** The kind of a file by its name; undefined: it is not compared. */
export function kindOf(path: string): SourceKind | undefined {
  const name = nameOf(path);
  if (composeFileNames.includes(name) || /^(?:docker-)?compose\..*ya?ml$/.test(name)) return 'compose';
  if (/^(?:docker|container)file(?:\..*)?$|\.dockerfile$/.test(name)) return 'dockerfile';
  if (/\.(?:conf|cfg|template|tmpl)$/.test(name)) return 'conf';
  return commentsOf.has(endingOf(path)) ? 'app' : undefined;
}
