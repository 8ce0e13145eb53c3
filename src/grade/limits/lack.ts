import { isAtLeast } from '../../formats/version.ts';
import { type Text, text } from '../../lab/text.ts';
import type { ReplacedImage } from '../policy/sanitized-stack.ts';

/** An image that a submission was run with. */
export interface UsedImage extends ReplacedImage {
  /** It was built here from Debian's packages, because no registry gave the real one. */
  readonly standIn: boolean;
}

/** What a program did not find in the image that was used, where the image that the submission names may have it. */
export type Lack = Text;

/**
 * What `said` (a program's last words) shows to be missing from an image that another was used in place of; undefined: nothing, or the same image was
 * used. A program, a path or an option that the used image lacks proves nothing of the submission.
 */
export function lackOf(image: UsedImage | undefined, output: readonly string[]): Lack | undefined {
  if (!image) return undefined;
  const { named, used, standIn } = image;
  const found = (read: (line: string) => string | undefined) => output.map(read).find((one) => one !== undefined);
  if (named === used && !standIn) return undefined;
  const program = found(missingProgram);
  if (program !== undefined && (named !== used || standInLacks[used]?.includes(program))) return hasNo(program);
  const feature = found((line) => nginxFeature(line, image));
  if (feature !== undefined) return text(`does not know \`${feature}\``, `不支援 \`${feature}\``);
  if (named === used) return undefined;
  const path = found(missingPath);
  if (path !== undefined) return hasNo(path);
  if (variantOf(named) !== variantOf(used) && output.some((line) => otherOption.test(line)))
    return text('its programs have other options', '它的程式選項不同');
  const module = found((line) => removedModule.exec(line)?.[1]);
  return module === undefined ? undefined : hasNo(module);
}

const hasNo = (what: string): Text => text(`has no \`${what}\``, `沒有 \`${what}\``);

/** The words of dash, bash, busybox and runc for a program that is not on the PATH. A path is the submission's own file. */
function missingProgram(line: string): string | undefined {
  const [, name] =
    /(?:^|[:\s])([\w.+-]+): (?:command )?not found\b/.exec(line) ??
    /exec: "([\w.+-]+)": executable file not found/.exec(line) ??
    /\benv: ['‘]?([\w.+-]+)['’]?: No such file or directory/.exec(line) ??
    [];
  return name;
}

/** A path of the system: what is elsewhere is the submission's own. */
const missingPath = (line: string): string | undefined =>
  /No such file or directory|Directory nonexistent/.test(line)
    ? // the shell that says so stands first
      [...line.matchAll(/(?:^|[\s'"‘:])(\/(?:etc|usr|lib|opt|var|bin|sbin)\/[\w.+/-]+)/g)].at(-1)?.[1]
    : undefined;

/** What a program says that has one name and other options in Alpine (busybox) and Debian, as `adduser`. */
const otherOption = /\b(?:unknown|unrecognized|invalid|illegal) option\b|Only one or two names allowed/i;

/** The part of a tag that says what an image is made of: `3.13-slim-bookworm` → `slim`, `3.13-alpine3.20` → `alpine`, `3.13` → ''. */
function variantOf(reference: string): string {
  const [name = '', tag = ''] = reference.split(/:(?=[^/]*$)/);
  return `${name} ${/(?:^|-)(alpine|slim|perl|otel|windowsservercore|nanoserver)/.exec(tag)?.[1] ?? ''}`;
}

/** Programs that an official image has and its stand-in (assets/images) has not. */
const standInLacks: Readonly<Record<string, readonly string[]>> = {
  'nginx:1.26': ['docker-entrypoint.sh', 'envsubst', 'nginx-debug', 'njs'],
  'python:3.13-slim': ['idle', 'idle3', 'pydoc', 'pydoc3', 'python-config', 'python3-config'],
  'redis:8.0': ['gosu'],
};

/** nginx's words for a directive or parameter → since which version the official image has it (nginx.org/en/CHANGES); '' is a module that only a stand-in lacks. */
const features: Readonly<Record<string, string>> = {
  ...{ proxy_pass_trailers: '1.27.2', resolve: '1.27.3', resolver: '1.27.3', resolver_timeout: '1.27.3' },
  ...{ keepalive_min_timeout: '1.27.4', ssl_certificate_cache: '1.27.4', proxy_ssl_certificate_cache: '1.27.4' },
  ...{
    ssl_object_cache_inheritable: '1.27.4',
    early_hints: '1.29.0',
    add_header_inherit: '1.29.3',
    add_trailer_inherit: '1.29.3',
  },
  ...{ geoip_country: '', geoip_city: '', geoip_org: '', image_filter: '', perl_modules: '', perl_require: '' },
  ...{ js_import: '', js_path: '', js_set: '', js_var: '', xslt_stylesheet: '', xml_entities: '' },
};

function nginxFeature(line: string, { named, used, standIn }: UsedImage): string | undefined {
  const [, word = ''] =
    /\[emerg\] .*(?:unknown directive|invalid parameter) "([\w]+)/.exec(line) ??
    /\[emerg\] .*"(\w+)" directive is not allowed here/.exec(line) ??
    /\[emerg\] .*dlopen\(\) "([^"]+)" failed/.exec(line) ??
    [];
  if (word.includes('/')) return standIn || named !== used ? word : undefined;
  const since = Object.hasOwn(features, word) ? features[word] : undefined;
  if (since === undefined) return undefined;
  if (since === '') return standIn ? word : undefined;
  return named !== used && !olderThan(named, since) ? word : undefined;
}

/** Whether an image's tag names an older version; a tag without a number is the newest. */
function olderThan(reference: string, version: string): boolean {
  const tag = /:(\d+(?:\.\d+)*)[^/]*$/.exec(reference)?.[1];
  return tag !== undefined && !isAtLeast(tag, version, Number.POSITIVE_INFINITY);
}

/** Modules that Python 3.12 and 3.13 no longer have (docs.python.org/3/whatsnew). */
const removedModule =
  /No module named '(aifc|asynchat|asyncore|audioop|cgi|cgitb|chunk|crypt|distutils|imghdr|imp|lib2to3|mailcap|nis|nntplib|ossaudiodev|pipes|smtpd|sndhdr|spwd|sunau|telnetlib|uu|xdrlib)\b/;
