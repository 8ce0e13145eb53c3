import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { placeInside } from './paths.ts';
import type { NormalMount } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

/** A mount and its position in the file. */
export interface Placed {
  readonly mount: NormalMount;
  readonly location: SourceLocation;
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

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

/** A service's `volumes`, short and long form. */
export const readMounts = (form: ComposeReader, tree: Tree): Placed[] =>
  form.items(tree).flatMap((item) => {
    const mount = item.kind === 'mapping' ? longMount(form, item) : shortMount(form, item);
    if (mount?.type === 'bind') noteAbsent(form, mount, item.location);
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
  if (path === undefined) return anonymous(form, location, word, false);
  if (source === '' || path === '' || more !== undefined)
    return form.invalid(
      location,
      quoting(word, 'this is not a volume: {}; write it like "./here:/there"', '這不是磁碟區：{}，請寫成「./here:/there」這樣'),
    );
  let readOnly = false;
  for (const option of options?.split(',') ?? []) {
    if (option === 'ro') readOnly = true;
    else if (option === 'nocopy' && !/^[./~]/.test(source)) form.note('nocopy', location);
    else if (!idle.has(option))
      return form.refuse(
        'mount-option',
        location,
        quoting(
          option,
          'the option {} is not allowed: some make mounts of the container appear on the machine; use ro or rw',
          '不允許選項 {}：有些選項會讓容器的掛載出現在機器上；只能用 ro 或 rw',
        ),
      );
  }
  if (/^[./~]/.test(source)) return bind(form, location, source, path, readOnly);
  return volume(form, location, source, path, readOnly);
}

/** An anonymous volume: one of the service, so that it can be removed by its label. */
function anonymous(form: ComposeReader, location: SourceLocation, path: string, readOnly: boolean): NormalMount | undefined {
  const target = targetOf(form, path, location);
  if (target === undefined) return undefined;
  form.note('volume-anonymous', location);
  return { type: 'volume', source: ownVolume(form.service ?? '', target), target, readOnly };
}

/** The name of the volume that a service has in place of an anonymous one. */
export const ownVolume = (service: string, target: string): string =>
  `${service}-own-${createHash('sha256').update(target).digest('hex').slice(0, 16)}`;

/** Whether a last name is one of a file: `nginx.conf`, but not `conf.d`. */
const isFileName = (path: string): boolean => /[^/]\.(?!d$)[a-z]\w{0,7}$/i.test(path);

/** A source that was not handed in, and is not a folder that containers fill. */
function noteAbsent(form: ComposeReader, mount: NormalMount & { type: 'bind' }, location: SourceLocation): void {
  const { source, target, readOnly } = mount;
  const file = isFileName(source) && isFileName(target);
  const place = placeInside(form.context.dir, source);
  if ((!file && !readOnly) || 'problem' in place || place.kind !== 'absent') return;
  form.context.diagnostics.note(
    'not-handed-in',
    location,
    file
      ? quoting(
          source,
          '{} is not in what was handed in: Docker makes a folder of it',
          '繳交的內容裡沒有 {}：Docker 會建立同名的資料夾',
        )
      : quoting(
          source,
          '{} is not in what was handed in: Docker makes an empty folder',
          '繳交的內容裡沒有 {}：Docker 會建立空的資料夾',
        ),
    form.service,
  );
}

function longMount(form: ComposeReader, tree: Tree): NormalMount | undefined {
  const values = new Map<string, Tree>();
  const keep = ({ key, value }: Entry) => void values.set(key, value);
  form.fields(
    tree,
    'volumes',
    new Map(['type', 'source', 'target', 'read_only', 'bind', 'volume', 'consistency'].map((key) => [key, keep])),
  );
  const [type, source, target, readOnly] = ['type', 'source', 'target', 'read_only'].map((key) => values.get(key));
  const kind = type && form.word(type);
  const path = target && form.word(target);
  const from = source && form.word(source);
  const ro = (readOnly && form.truth(readOnly)) ?? false;
  const under = values.get('bind');
  if (under) form.fields(under, 'volumes.bind', new Map([['create_host_path', ({ value }: Entry) => void form.truth(value)]]));
  const options = values.get('volume');
  if (options) form.fields(options, 'volumes.volume', new Map());
  if (path === undefined || kind === undefined)
    return form.invalid(tree.location, text('a volume needs `type` and `target`', '磁碟區需要 `type` 與 `target`'));
  if (kind === 'tmpfs') {
    const at = targetOf(form, path, tree.location);
    return at === undefined ? undefined : { type: 'tmpfs', target: at };
  }
  if (kind === 'bind' && from !== undefined) return bind(form, tree.location, from, path, ro);
  if (kind === 'volume' && from === undefined) return anonymous(form, tree.location, path, ro);
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
  if (place.path !== '.' || readOnly) return { type: 'bind', source: place.path, target, readOnly };
  form.note('bind-copy', location);
  return { type: 'bind', source: '.', target, readOnly, copy: true };
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
export function targetOf(form: ComposeReader, path: string, location: SourceLocation): string | undefined {
  const odd = !path.startsWith('/') || path.length > 255 || path.split('/').includes('..') || /[\p{Cc}:,]/u.test(path);
  const clean = odd ? '/' : posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (!taken.test(clean)) return clean;
  return form.refuse(
    'mount-target',
    location,
    quoting(path, 'nothing can be mounted at {} in the container', '不能掛載到容器裡的 {}'),
  );
}
