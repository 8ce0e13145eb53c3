import { posix } from 'node:path';
import type { Spot } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { Form } from './compose-reader.ts';
import type { NormalMount } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

/** A mount, and where the file names it. */
export interface Placed {
  readonly mount: NormalMount;
  readonly spot: Spot;
}

export const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

/** A service's `volumes`, short and long. */
export const readMounts = (form: Form, tree: Tree): Placed[] =>
  form.items(tree).flatMap((item) => {
    const mount = item.kind === 'mapping' ? longMount(form, item) : shortMount(form, item);
    return mount ? [{ mount, spot: item.spot }] : [];
  });

/** A service's `tmpfs`: paths, with or without options. */
export const readTmpfs = (form: Form, tree: Tree): Placed[] =>
  form.words(tree).flatMap(({ word, spot }) => {
    const [path = '', options] = word.split(':', 2);
    if (options !== undefined) form.note('tmpfs', spot);
    const target = targetOf(form, path, spot);
    return target === undefined ? [] : [{ mount: { type: 'tmpfs' as const, target }, spot }];
  });

/** Options that change nothing on this kind of machine. */
const idle = new Set(['rw', 'z', 'Z', 'cached', 'delegated', 'consistent']);

function shortMount(form: Form, tree: Tree): NormalMount | undefined {
  const word = form.word(tree);
  if (word === undefined) return undefined;
  const { spot } = tree;
  if (/^[A-Za-z]:|\\/.test(word)) return void form.path(word, spot);
  const [source = '', path, options, more] = word.split(':');
  if (path === undefined) return anonymous(form, spot);
  if (source === '' || path === '' || more !== undefined)
    return form.invalid(
      spot,
      quoting(word, 'this is no volume: {}; write it like "./here:/there"', '這不是磁碟區：{}，請寫成「./here:/there」這樣'),
    );
  let readOnly = false;
  for (const option of options?.split(',') ?? []) {
    if (option === 'ro') readOnly = true;
    else if (!idle.has(option))
      return form.refuse(
        'mount-option',
        spot,
        quoting(option, 'the option {} is not allowed: ro or rw', '不允許選項 {}，只能用 ro 或 rw'),
      );
  }
  if (/^[./~]/.test(source)) return bind(form, spot, source, path, readOnly);
  return volume(form, spot, source, path, readOnly);
}

const anonymous = (form: Form, spot: Spot): undefined =>
  form.refuse('volume-anonymous', spot, text('give the volume a name: "data:/data"', '請替磁碟區取名，例如「data:/data」'));

function longMount(form: Form, tree: Tree): NormalMount | undefined {
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
  if (size) form.note('tmpfs', size.spot);
  if (path === undefined || kind === undefined)
    return form.invalid(tree.spot, text('a volume needs `type` and `target`', '磁碟區需要 `type` 與 `target`'));
  if (kind === 'tmpfs') {
    const at = targetOf(form, path, tree.spot);
    return at === undefined ? undefined : { type: 'tmpfs', target: at };
  }
  if (kind === 'bind' && from !== undefined) return bind(form, tree.spot, from, path, ro);
  if (kind === 'volume' && from === undefined) return anonymous(form, tree.spot);
  if (kind === 'volume' && from !== undefined) return volume(form, tree.spot, from, path, ro);
  return form.refuse(
    'mount-type',
    type?.spot ?? tree.spot,
    quoting(
      kind,
      'a volume is a bind with a source, a volume or a tmpfs, not {}',
      '磁碟區只能是有來源的 bind、volume 或 tmpfs，而不是 {}',
    ),
  );
}

function bind(form: Form, spot: Spot, source: string, path: string, readOnly: boolean): NormalMount | undefined {
  const target = targetOf(form, path, spot);
  const place = form.path(source, spot);
  if (!place || target === undefined) return undefined;
  if (place.path === '.' && !readOnly)
    return form.refuse(
      'bind-whole-folder',
      spot,
      text(
        'the whole folder may be mounted read-only (:ro), or else a folder in it',
        '整個資料夾只能以唯讀（:ro）掛載，或改為掛載其中的資料夾',
      ),
    );
  return { type: 'bind', source: place.path, target, readOnly };
}

function volume(form: Form, spot: Spot, source: string, path: string, readOnly: boolean): NormalMount | undefined {
  const target = targetOf(form, path, spot);
  if (!namePattern.test(source) || source in {})
    return form.invalid(
      spot,
      quoting(source, '{} is no name of a volume; a path begins with "./"', '{} 不是磁碟區名稱；路徑要以「./」開頭'),
    );
  return target === undefined ? undefined : { type: 'volume', source, target, readOnly };
}

const taken = /^\/(?:$|(?:proc|sys|dev)(?:\/|$)|etc\/(?:resolv\.conf|hosts|hostname)$)/;

/** A path in the container. */
function targetOf(form: Form, path: string, spot: Spot): string | undefined {
  const odd = !path.startsWith('/') || path.length > 255 || path.split('/').includes('..') || /[\p{Cc}:,]/u.test(path);
  const clean = odd ? '/' : posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (!taken.test(clean)) return clean;
  return form.refuse(
    'mount-target',
    spot,
    quoting(path, 'nothing can be mounted at {} in the container', '不能掛載到容器裡的 {}'),
  );
}
