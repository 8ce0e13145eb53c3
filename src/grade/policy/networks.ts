import type { SourceLocation } from '../../formats/source-location.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { isHostName } from './keys/names.ts';
import { named } from './mounts.ts';
import { type Entry, isNull, type Tree } from './tree.ts';

/** A service's connection to a network, and its position in the file. */
export interface Attached {
  readonly network: string;
  readonly aliases: readonly { readonly word: string; readonly location: SourceLocation }[];
  readonly location: SourceLocation;
}

const most = { networks: 8, volumes: 16 };
const mode = text(
  'a network is a bridge; others connect containers to the network of the machine',
  '網路只能是 bridge；其他種類會讓容器連上機器的網路',
);

/** The top-level networks: key → whether it is internal. */
export function readNetworks(form: ComposeReader, tree: Tree | undefined): Map<string, { readonly internal: boolean }> {
  const networks = new Map<string, { internal: boolean }>();
  for (const { key, value } of named(form, tree, most.networks)) {
    const network = { internal: false };
    form.fields(
      value,
      'network',
      new Map<string, (entry: Entry) => void>([
        ['driver', ({ value: driver }) => bridgeOnly(form, driver)],
        [
          'internal',
          (entry) => {
            network.internal = form.truth(entry.value) ?? false;
          },
        ],
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
    form.fields(value, 'volume', new Map());
    volumes.add(key);
  }
  return volumes;
}

function bridgeOnly(form: ComposeReader, driver: Tree): void {
  const word = isNull(driver) ? 'default' : form.word(driver);
  if (word !== undefined && !['bridge', 'default'].includes(word)) form.refuse('networks.driver', driver.location, mode);
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

function readAliases(form: ComposeReader, { value }: Entry): Attached['aliases'] {
  let aliases: Attached['aliases'] = [];
  form.fields(
    value,
    'networks',
    new Map([
      [
        'aliases',
        (entry: Entry) => {
          aliases = form.words(entry.value).filter(({ word, location }) => isHostName(form, word, location));
        },
      ],
    ]),
  );
  return aliases;
}
