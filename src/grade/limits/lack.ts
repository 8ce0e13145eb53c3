import type { Recipe } from '../../docker/embedded/images/recipes.ts';
import { isAtLeast } from '../../formats/version.ts';
import type { ProxySpec, UnsupportedFeature } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { ReplacedImage } from '../policy/sanitized-stack.ts';

/** An image that a submission ran with. */
export interface UsedImage extends ReplacedImage {
  /**
   * The recipe by which it was built here from Debian's packages, because no registry provided the real one; left out: it is the
   * real one.
   */
  readonly standIn?: Pick<Recipe, 'lacks' | 'ignores'>;
}

/** What a program did not find in the used image, although the image that the submission names may have it. */
export type Lack = Text;

/**
 * Returns what `output` (a program's last lines) shows to be missing from an image that replaces another; undefined: nothing, or
 * the image was not replaced. A missing program, path or option in the used image proves nothing about the submission.
 */
export function lackOf(
  image: UsedImage | undefined,
  output: readonly string[],
  unsupportedIn: ProxySpec['unsupportedIn'],
): Lack | undefined {
  if (!image) return undefined;
  const { named, used, standIn } = image;
  const found = (read: (line: string) => string | undefined) => output.map(read).find((one) => one !== undefined);
  if (named === used && !standIn) return undefined;
  const program = found(missingProgram);
  if (program !== undefined && (named !== used || standIn?.lacks?.includes(program))) return hasNo(program);
  const feature = found((line) => {
    const unsupported = unsupportedIn?.(line);
    return unsupported && isElsewhere(unsupported, image) ? unsupported.name : undefined;
  });
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

/** Messages of dash, bash, busybox and runc for a program that does not exist. A path outside of /bin means the submission's own file. */
function missingProgram(line: string): string | undefined {
  const [, name] =
    /(?:^|[:\s])([\w.+-]+): (?:command )?not found\b/.exec(line) ??
    /exec: "([\w.+-]+)": executable file not found/.exec(line) ??
    /exec: "\/(?:usr\/)?s?bin\/([\w.+-]+)": (?:stat [^:]*: )?no such file or directory/i.exec(line) ??
    /\benv: ['‘]?([\w.+-]+)['’]?: No such file or directory/.exec(line) ??
    [];
  return name;
}

/** A system path in a message; any other path is the submission's own. */
const missingPath = (line: string): string | undefined =>
  /No such file or directory|Directory nonexistent/.test(line)
    ? // the shell that reports it comes first
      [...line.matchAll(/(?:^|[\s'"‘:])(\/(?:etc|usr|lib|opt|var|bin|sbin)\/[\w.+/-]+)/g)].at(-1)?.[1]
    : undefined;

/** Messages of programs, such as `adduser`, that have the same name but other options in Alpine (busybox) and Debian. */
const otherOption = /\b(?:unknown|unrecognized|invalid|illegal) option\b|Only one or two names allowed/i;

/** The variant in a tag: `3.13-slim-bookworm` → `slim`, `3.13-alpine3.20` → `alpine`, `3.13` → ''. */
function variantOf(reference: string): string {
  const [name = '', tag = ''] = reference.split(/:(?=[^/]*$)/);
  return `${name} ${/(?:^|-)(alpine|slim|perl|otel|windowsservercore|nanoserver)/.exec(tag)?.[1] ?? ''}`;
}

/** Whether another image supports a missing feature: the one that is named, or the official one instead of a stand-in. */
function isElsewhere({ since, standInOnly }: UnsupportedFeature, { named, used, standIn }: UsedImage): boolean {
  if (standInOnly) return standIn !== undefined;
  return since === undefined ? standIn !== undefined || named !== used : named !== used && !olderThan(named, since);
}

/** Whether an image's tag names an older version; a tag without a number is the newest. */
function olderThan(reference: string, version: string): boolean {
  const tag = /:(\d+(?:\.\d+)*)[^/]*$/.exec(reference)?.[1];
  return tag !== undefined && !isAtLeast(tag, version, Number.POSITIVE_INFINITY);
}

/** Modules that Python 3.12 and 3.13 removed (docs.python.org/3/whatsnew). */
const removedModule =
  /No module named '(aifc|asynchat|asyncore|audioop|cgi|cgitb|chunk|crypt|distutils|imghdr|imp|lib2to3|mailcap|nis|nntplib|ossaudiodev|pipes|smtpd|sndhdr|spwd|sunau|telnetlib|uu|xdrlib)\b/;
