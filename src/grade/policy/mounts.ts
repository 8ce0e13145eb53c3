import { posix } from 'node:path';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import type { NormalMount } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

/** A mount and its position in the file. */
export interface Placed {
  readonly mount: NormalMount;
  readonly location: SourceLocation;
}

export const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

/** A service's `volumes`, short and long form. */
export const readMounts = (form: ComposeReader, tree: Tree): Placed[] =>
  form.items(tree).flatMap((item) => {
    const mount = item.kind === 'mapping' ? longMount(form, item) : shortMount(form, item);
    return mount ? [{ mount, location: item.location }] : [];
  });

/** A service's `tmpfs`: paths, with or without options. */
export const readTmpfs = (form: ComposeReader, tree: Tree): Placed[] =>
  form.words(tree).flatMap(({ word, location }) => {
    const [path = '', options] = word.split(':', 2);
    if (options !== undefined) form.note('tmpfs', location);
    const target = targetOf(form, path, location);
    return target === undefined ? [] : [{ mount: { type: 'tmpfs' as const, target }, location }];
  });

/** Options without effect on this kind of machine. */
const idle = new Set(['rw', 'z', 'Z', 'cached', 'delegated', 'consistent']);

function shortMount(form: ComposeReader, tree: Tree): NormalMount | undefined {
  const word = form.word(tree);
  if (word === undefined) return undefined;
  const { location } = tree;
  if (/^[A-Za-z]:|\\/.test(word)) return void form.path(word, location);
  const [source = '', path, options, more] = word.split(':');
  if (path === undefined) return anonymous(form, location);
  if (source === '' || path === '' || more !== undefined)
    return form.invalid(
      location,
      quoting(word, 'this is not a volume: {}; write it like "./here:/there"', '這不是磁碟區：{}，請寫成「./here:/there」這樣'),
    );
  let readOnly = false;
  for (const option of options?.split(',') ?? []) {
    if (option === 'ro') readOnly = true;
    else if (!idle.has(option))
      return form.refuse(
        'mount-option',
        location,
        quoting(option, 'the option {} is not allowed: ro or rw', '不允許選項 {}，只能用 ro 或 rw'),
      );
  }
  if (/^[./~]/.test(source)) return bind(form, location, source, path, readOnly);
  return volume(form, location, source, path, readOnly);
}

const anonymous = (form: ComposeReader, location: SourceLocation): undefined =>
  form.refuse('volume-anonymous', location, text('give the volume a name: "data:/data"', '請替磁碟區取名，例如「data:/data」'));

function longMount(form: ComposeReader, tree: Tree): NormalMount | undefined {
  const values = new Map<string, Tree>();
  const keep = ({ key, value }: Entry) => void values.set(key, value);
  form.fields(
    tree,
    'volumes',
    new Map(['type', 'source', 'target', 'read_only', 'bind', 'tmpfs', 'consistency'].map((key) => [key, keep])),
  );
  const [type, source, target, readOnly] = ['type', 'source', 'target', 'read_only'].map((key) => values.get(key));
  const kind = type && form.word(type);
  const path = target && form.word(target);
  const from = source && form.word(source);
  const ro = (readOnly && form.truth(readOnly)) ?? false;
  const under = values.get('bind');
  if (under) form.fields(under, 'volumes.bind', new Map([['create_host_path', ({ value }: Entry) => void form.truth(value)]]));
  const size = values.get('tmpfs');
  if (size) form.note('tmpfs', size.location);
  if (path === undefined || kind === undefined)
    return form.invalid(tree.location, text('a volume needs `type` and `target`', '磁碟區需要 `type` 與 `target`'));
  if (kind === 'tmpfs') {
    const at = targetOf(form, path, tree.location);
    return at === undefined ? undefined : { type: 'tmpfs', target: at };
  }
  if (kind === 'bind' && from !== undefined) return bind(form, tree.location, from, path, ro);
  if (kind === 'volume' && from === undefined) return anonymous(form, tree.location);
  if (kind === 'volume' && from !== undefined) return volume(form, tree.location, from, path, ro);
  return form.refuse(
    'mount-type',
    type?.location ?? tree.location,
    quoting(
      kind,
      'a volume must be a bind with a source, a volume or a tmpfs, not {}',
      '磁碟區只能是有來源的 bind、volume 或 tmpfs，而不是 {}',
    ),
  );
}

function bind(
  form: ComposeReader,
  location: SourceLocation,
  source: string,
  path: string,
  readOnly: boolean,
): NormalMount | undefined {
  const target = targetOf(form, path, location);
  const place = form.path(source, location);
  if (!place || target === undefined) return undefined;
  if (place.path === '.' && !readOnly)
    return form.refuse(
      'bind-whole-folder',
      location,
      text(
        'mount the whole folder read-only (:ro), or a folder in it',
        '整個資料夾只能以唯讀（:ro）掛載，或改為掛載其中的資料夾',
      ),
    );
  return { type: 'bind', source: place.path, target, readOnly };
}

function volume(
  form: ComposeReader,
  location: SourceLocation,
  source: string,
  path: string,
  readOnly: boolean,
): NormalMount | undefined {
  const target = targetOf(form, path, location);
  if (!namePattern.test(source) || source in {})
    return form.invalid(
      location,
      quoting(source, '{} is not the name of a volume; a path begins with "./"', '{} 不是磁碟區名稱；路徑要以「./」開頭'),
    );
  return target === undefined ? undefined : { type: 'volume', source, target, readOnly };
}

const taken = /^\/(?:$|(?:proc|sys|dev)(?:\/|$)|etc\/(?:resolv\.conf|hosts|hostname)$)/;

/** A path in the container. */
function targetOf(form: ComposeReader, path: string, location: SourceLocation): string | undefined {
  const odd = !path.startsWith('/') || path.length > 255 || path.split('/').includes('..') || /[\p{Cc}:,]/u.test(path);
  const clean = odd ? '/' : posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (!taken.test(clean)) return clean;
  return form.refuse(
    'mount-target',
    location,
    quoting(path, 'nothing can be mounted at {} in the container', '不能掛載到容器裡的 {}'),
  );
}
