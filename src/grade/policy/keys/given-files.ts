import type { SourceLocation } from '../../../formats/source-location.ts';
import { quoting } from '../../../formats/untrusted-text.ts';
import { text } from '../../../lab/text.ts';
import type { ComposeReader } from '../compose-reader.ts';
import { named, targetOf } from '../mounts.ts';
import type { NormalMount } from '../sanitized-stack.ts';
import type { Entry, Tree } from '../tree.ts';

/** `secrets` and `configs`: files that Compose mounts read-only into containers. */
export type Kind = 'secrets' | 'configs';

/** One of the top level: a file of the submission, or a text. */
export type Given =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'text'; readonly content: string }
  | { readonly from: 'nothing'; readonly what: string };

/** A service's use of one. */
export interface Grant {
  readonly kind: Kind;
  readonly source: string;
  readonly target: string;
  readonly location: SourceLocation;
}

const most = 16;

/** The `secrets` or `configs` of the top level. */
export function readGiven(form: ComposeReader, kind: Kind, tree: Tree | undefined): Map<string, Given> {
  const all = new Map<string, Given>();
  for (const { key, value, location } of named(form, tree, most)) {
    const values = new Map<string, Tree>();
    const keep = (entry: Entry) => void values.set(entry.key, entry.value);
    const own = kind === 'secrets' ? ['file', 'environment'] : ['file', 'environment', 'content'];
    form.fields(value, kind === 'secrets' ? 'secret' : 'config', new Map(own.map((one) => [one, keep])));
    const [first, ...others] = [...values];
    const given = first && others.length === 0 ? givenBy(form, ...first) : undefined;
    if (given) all.set(key, given);
    else if (others.length > 0 || !first)
      form.invalid(location, text(`expected one of these: ${own.join(', ')}`, `這裡必須是其中一項：${own.join('、')}`));
  }
  return all;
}

function givenBy(form: ComposeReader, key: string, tree: Tree): Given | undefined {
  const word = form.word(tree);
  if (word === undefined) return undefined;
  if (key === 'content') return { from: 'text', content: word };
  if (key === 'environment') {
    const content = form.context.env.get(word);
    return content === undefined ? { from: 'nothing', what: word } : { from: 'text', content };
  }
  const place = form.path(word, tree.location);
  if (!place) return undefined;
  return place.kind === 'file' ? { from: 'file', path: place.path } : { from: 'nothing', what: word };
}

/** A service's `secrets` or `configs`: names, or the long form. */
export const readGrants = (form: ComposeReader, kind: Kind, tree: Tree): Grant[] =>
  form.items(tree).flatMap((item) => {
    const values = new Map<string, Tree>();
    const keep = (entry: Entry) => void values.set(entry.key, entry.value);
    if (item.kind === 'mapping') form.fields(item, kind, new Map(['source', 'target'].map((one) => [one, keep])));
    else values.set('source', item);
    const [source, target] = ['source', 'target'].map((key) => {
      const part = values.get(key);
      return part && form.word(part);
    });
    if (source === undefined) return form.invalid(item.location, text('expected a name', '這裡應該是名稱')) ?? [];
    const written = target ?? source;
    const folder = kind === 'secrets' ? '/run/secrets/' : '/';
    const at = targetOf(form, written.startsWith('/') ? written : `${folder}${written}`, item.location);
    return at === undefined ? [] : [{ kind, source, target: at, location: item.location }];
  });

/** The mount for a grant; undefined: refused. */
export function grantMount(form: ComposeReader, grant: Grant, given: ReadonlyMap<string, Given>): NormalMount | undefined {
  const { kind, source, target, location } = grant;
  const file = given.get(source);
  if (!file)
    return form.refuse(
      `${kind}-undeclared`,
      location,
      quoting(source, `{} is not declared under the top level \`${kind}\``, `{} 沒有在最上層的 \`${kind}\` 宣告`),
    );
  if (file.from === 'nothing')
    return form.refuse(`${kind}-missing`, location, quoting(file.what, '{} is not in what was handed in', '繳交的內容裡沒有 {}'));
  return file.from === 'file'
    ? { type: 'bind', source: file.path, target, readOnly: true }
    : { type: 'content', content: file.content, target };
}
