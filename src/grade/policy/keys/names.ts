import { isIP } from 'node:net';
import type { SourceLocation } from '../../../formats/source-location.ts';
import { quoting } from '../../../formats/untrusted-text.ts';
import type { ComposeReader } from '../compose-reader.ts';
import { isNull, type Tree } from '../tree.ts';

const hostName = /^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?$/;

/** Whether a container may have this name; if not, it is refused. */
export function isHostName(form: ComposeReader, word: string, location: SourceLocation): boolean {
  if (hostName.test(word) && word.toLowerCase() !== 'localhost') return true;
  form.invalid(location, quoting(word, '{} cannot be the name of a container', '{} 不是容器可以使用的名稱'));
  return false;
}

/** A service's link to another: that one has this name too, for those that share a network with it. */
export interface Link {
  readonly to: string;
  readonly alias?: string;
  readonly location: SourceLocation;
}

/** `links`: `service` or `service:alias`. */
export const readLinks = (form: ComposeReader, tree: Tree): Link[] =>
  form.words(tree).flatMap(({ word, location }) => {
    const [to = '', alias] = word.split(':', 2);
    if (alias === undefined || alias === to) return [{ to, location }];
    return isHostName(form, alias, location) ? [{ to, alias, location }] : [];
  });

/**
 * `extra_hosts`: lines of the container's own hosts file, as `name:address`. An address leads nowhere that the container could
 * not reach without it.
 */
export function readExtraHosts(form: ComposeReader, tree: Tree): string[] {
  const pairs =
    tree.kind === 'mapping'
      ? form.entries(tree).flatMap(({ key, value }) => form.words(value).map((one) => ({ ...one, name: key })))
      : (isNull(tree) ? [] : form.words(tree)).map(({ word, location }) => {
          const [, name = '', address = ''] = /^([^:=]*)[:=](.*)$/s.exec(word) ?? [];
          return { name, word: address, location };
        });
  return pairs.flatMap(({ name, word, location }) => {
    const address = word.replace(/^\[(.*)\]$/, '$1');
    if (!isHostName(form, name, location)) return [];
    if (address === 'host-gateway') return form.note('extra_hosts', location) ?? [];
    if (isIP(address) > 0 && !address.includes('%')) return [`${name}:${address}`];
    form.invalid(location, quoting(word, 'expected an address, not {}', '這裡應該是位址，而不是 {}'));
    return [];
  });
}
