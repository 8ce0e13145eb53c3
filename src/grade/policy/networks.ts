import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { namePattern } from './mounts.ts';
import { type Entry, isNull, type Tree } from './tree.ts';

/** A service's connection to a network, and its position in the file. */
export interface Attached {
  readonly network: string;
  readonly aliases: readonly { readonly word: string; readonly location: SourceLocation }[];
  readonly location: SourceLocation;
}

const most = { networks: 8, volumes: 16 };
const mode = text('a network is a bridge', '網路只能是 bridge');

/** The entries of a section whose keys are names, up to a maximum number. */
export function named(form: ComposeReader, tree: Tree | undefined, most: number): readonly Entry[] {
  const entries = tree ? form.entries(tree) : [];
  if (tree && entries.length > most) form.refuse('too-many', tree.location, text(`at most ${most} of these`, `最多 ${most} 個`));
  return entries.slice(0, most).filter(({ key, location }) => {
    if (namePattern.test(key) && !(key in {})) return true;
    form.invalid(location, quoting(key, '{} is not a usable name', '{} 不是可以使用的名稱'));
    return false;
  });
}

/** The top-level networks: key → whether it is internal. */
export function readNetworks(form: ComposeReader, tree: Tree | undefined): Map<string, { readonly internal: boolean }> {
  const networks = new Map<string, { internal: boolean }>();
  for (const { key, value } of named(form, tree, most.networks)) {
    const network = { internal: false };
    form.fields(
      value,
      'networks',
      new Map<string, (entry: Entry) => void>([
        ['driver', (entry) => driverIs(form, entry, 'networks', 'bridge')],
        [
          'internal',
          (entry) => {
            network.internal = form.truth(entry.value) ?? false;
          },
        ],
        ['name', ({ location }) => form.note('name', location)],
        ['labels', ({ location }) => form.note('labels', location)],
      ]),
    );
    networks.set(key, network);
  }
  return networks;
}

/** The top-level volumes: plain ones only. */
export function readVolumes(form: ComposeReader, tree: Tree | undefined): Set<string> {
  const volumes = new Set<string>();
  for (const { key, value } of named(form, tree, most.volumes)) {
    form.fields(
      value,
      'volumes',
      new Map<string, (entry: Entry) => void>([
        // `local` is the default
        ['driver', (entry) => driverIs(form, entry, 'volumes', 'local')],
        ['name', ({ location }) => form.note('name', location)],
        ['labels', ({ location }) => form.note('labels', location)],
      ]),
    );
    volumes.add(key);
  }
  return volumes;
}

function driverIs(form: ComposeReader, entry: Entry, section: string, only: string): void {
  const word = form.word(entry.value);
  if (word === undefined || word === only) return;
  if (section === 'networks') form.refuse('networks.driver', entry.value.location, mode);
  else form.refuseKey(entry, section);
}

/** A service's networks; 'default' if it names none. */
export function readAttached(form: ComposeReader, tree: Tree): Attached[] {
  const list =
    tree.kind === 'mapping'
      ? form.entries(tree).map((entry) => ({ network: entry.key, aliases: readAliases(form, entry), location: entry.location }))
      : form.words(tree).map(({ word, location }) => ({ network: word, aliases: [], location }));
  return list.length > 0 || !(isNull(tree) || tree.kind !== 'scalar')
    ? list
    : [{ network: 'default', aliases: [], location: tree.location }];
}

const hostName = /^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?$/;

function readAliases(form: ComposeReader, { value }: Entry): Attached['aliases'] {
  let aliases: Attached['aliases'] = [];
  form.fields(
    value,
    'networks',
    new Map([
      [
        'aliases',
        (entry: Entry) => {
          aliases = form.words(entry.value).filter(({ word, location }) => {
            if (hostName.test(word) && word.toLowerCase() !== 'localhost') return true;
            form.invalid(location, quoting(word, '{} cannot be the name of a container', '{} 不是容器可以使用的名稱'));
            return false;
          });
        },
      ],
    ]),
  );
  return aliases;
}
