import type { SourceLocation } from '../../../formats/source-location.ts';
import { quoting } from '../../../formats/untrusted-text.ts';
import type { Diagnostics } from '../diagnostics.ts';
import { plainWord } from '../scalar.ts';
import { type Entry, entryOf, isNull, type Mapping, type Tree } from '../tree.ts';

/** The files that Compose merges into its file, in its order of preference. */
export const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** `services.web.build.args` is `build.args` here; what is not of a service has its own first key. */
type Path = readonly string[];
const keyOf = ([first, , ...rest]: Path): string => (first === 'services' ? rest.join('.') : '');

/** Replaced, never merged. */
const replaced = new Set(['command', 'entrypoint', 'healthcheck.test']);
/** Lists, also if they are written as a mapping (`A: b` is `A=b`) or as one word. */
const sequences = new Set(
  'annotations build.args build.additional_contexts build.extra_hosts build.labels deploy.labels dns dns_opt dns_search env_file label_file environment extra_hosts labels sysctls tmpfs'.split(
    ' ',
  ),
);
/** Mappings, also if they are written as a list of their keys. */
const mappings = new Set(['depends_on', 'networks']);

const scalar = (text: string, location: SourceLocation, plain = false): Tree => ({
  kind: 'scalar',
  text,
  plain,
  location,
  size: 1,
});
const mapping = (entries: readonly Entry[], { location, size }: Tree): Mapping => ({ kind: 'mapping', entries, location, size });

/**
 * Merges an override file into a Compose file, as Compose does (compose-go, `override/merge.go` and `uncity.go`). Refuses what
 * Compose cannot merge.
 */
export function mergeFiles(base: Tree, over: Tree, diagnostics: Diagnostics, path: Path = []): Tree {
  const key = keyOf(path);
  const isService = path.length > 2;
  if (isService && replaced.has(key)) return over;
  if (isService && sequences.has(key)) return joined(asList(base), asList(over), key);
  if (isNull(over)) return base;
  const [left, right] = isService ? [inForm(base, key), inForm(over, key)] : [base, over];
  if (left.kind === 'scalar' || (path.length === 4 && path[2] === 'ulimits')) return right;
  if (left.kind === 'list' && right.kind === 'list') return joined(left.items, right.items, isService ? key : '', left);
  if (left.kind === 'mapping' && right.kind === 'mapping') return mergeMappings(left, right, diagnostics, path);
  diagnostics.refuse(
    'override-form',
    over.location,
    quoting(
      path.join('.'),
      'Compose cannot merge this with the other file: {} is a list in one, and a mapping or a text in the other',
      'Compose 無法將這裡與另一個檔案合併：{} 在其中一個檔案是清單，在另一個是對映（mapping）或文字',
    ),
  );
  return base;
}

function mergeMappings(base: Mapping, over: Mapping, diagnostics: Diagnostics, path: Path): Mapping {
  const entries = new Map(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const own = entries.get(entry.key);
    const merged = own ? { ...entry, value: mergeFiles(own.value, entry.value, diagnostics, [...path, entry.key]) } : entry;
    entries.set(entry.key, merged);
  }
  return mapping([...entries.values()], base);
}

/** The long form of what can be written shorter. */
function inForm(tree: Tree, key: string): Tree {
  if (key === 'build' && tree.kind === 'scalar' && !isNull(tree))
    return mapping([{ key: 'context', location: tree.location, value: tree }], tree);
  if (!mappings.has(key) || tree.kind !== 'list') return tree;
  const value = ({ location, size }: Tree): Tree =>
    key === 'networks'
      ? scalar('', location, true)
      : {
          kind: 'mapping',
          entries: [{ key: 'condition', location, value: scalar('service_started', location) }],
          location,
          size,
        };
  const entries = tree.items.map((item) => ({
    key: item.kind === 'scalar' ? item.text : '',
    location: item.location,
    value: value(item),
  }));
  return mapping(entries, tree);
}

function asList(tree: Tree): readonly Tree[] {
  if (tree.kind === 'list') return tree.items;
  if (tree.kind === 'scalar') return isNull(tree) ? [] : [tree];
  return tree.entries.flatMap(({ key, location, value }) => {
    if (isNull(value)) return [scalar(key, location)];
    const values = value.kind === 'list' ? value.items : [value];
    return values.map((one) => (one.kind === 'scalar' ? scalar(`${key}=${written(one.text, one.plain)}`, location) : one));
  });
}

const written = (text: string, plain: boolean): string => (plain ? plainWord(text) : undefined) ?? text;

/** Both lists; an item that has the place of an earlier one replaces it. */
function joined(
  base: readonly Tree[],
  over: readonly Tree[],
  key: string,
  { location }: Pick<Tree, 'location'> = base[0] ?? over[0] ?? nowhere,
): Tree {
  const place = places[key] ?? (sequences.has(key) ? nameOf : undefined);
  const items: Tree[] = [];
  const known = new Map<string, number>();
  for (const item of [...base, ...over]) {
    const name = place?.(item);
    const index = name === undefined ? undefined : known.get(name);
    if (index !== undefined) items[index] = item;
    else items.push(item);
    if (index === undefined && name !== undefined) known.set(name, items.length - 1);
  }
  return { kind: 'list', items, location, size: items.reduce((sum, { size }) => sum + size, 1) };
}

const nowhere = { location: { file: '', line: 1, column: 1 } };

const wordOf = (tree: Tree | undefined): string | undefined => (tree?.kind === 'scalar' ? tree.text : undefined);
const nameOf = (item: Tree): string | undefined => wordOf(item)?.split('=', 1)[0] ?? wordOf(entryOf(item, 'path')?.value);

/** What an item of a list is at, by the list: a target, a port. Undefined: at nothing that another item could be at. */
const places: Readonly<Record<string, (item: Tree) => string | undefined>> = {
  volumes: (item) => (item.kind === 'scalar' ? volumeTarget(item.text) : wordOf(entryOf(item, 'target')?.value)),
  ports: (item) =>
    item.kind === 'scalar'
      ? item.text
      : ['host_ip', 'published', 'target', 'protocol'].map((key) => wordOf(entryOf(item, key)?.value) ?? '').join('|'),
  secrets: (item) => fileTarget(item, '/run/secrets/'),
  configs: (item) => fileTarget(item, '/'),
  env_file: nameOf,
};

function volumeTarget(text: string): string | undefined {
  // a default of a variable has a colon too
  const [first, second] = text.replace(/\$\{[^}]*\}/g, (one) => one.replaceAll(':', '\u0000')).split(':');
  return (second ?? first)?.replaceAll('\u0000', ':');
}

const fileTarget = (item: Tree, folder: string): string | undefined =>
  wordOf(entryOf(item, 'target')?.value) ?? `${folder}${wordOf(item) ?? wordOf(entryOf(item, 'source')?.value) ?? ''}`;
