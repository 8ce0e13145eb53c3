import { type Instruction, readLines } from '../../formats/dockerfile.ts';
import { interpolate } from '../../formats/interpolate.ts';
import type { Refusals, SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Diagnostics } from './diagnostics.ts';
import { bounded, type Flag, flagWords, mountSettings, readFlags } from './dockerfile-flags.ts';
import { type ChosenImage, type ImageChoice, normalReference } from './images.ts';
import { noteTexts } from './messages.ts';
import type { BuildOrigin, ReplacedImage } from './sanitized-stack.ts';

export interface Recipe {
  readonly text: string;
  readonly file: string;
  readonly args: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly service: string;
}

const stageName = /^[a-z][a-z0-9_.-]{0,127}$/;
const allowedFlags: Readonly<Record<string, readonly string[]>> = {
  RUN: ['mount'],
  COPY: ['from', 'chown', 'chmod', 'link'],
  ADD: ['chown', 'chmod', 'link'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'retries', 'start-period', 'start-interval'],
};
const mountKeys = new Set('type from source src target dst destination readonly ro rw readwrite size'.split(' '));
const cacheKeys = new Set(
  'type id from source src target dst destination readonly ro rw readwrite sharing mode uid gid'.split(' '),
);

interface Written {
  readonly text: string;
  readonly origin: BuildOrigin;
}

/**
 * Judges a Dockerfile and writes a new one from what was judged, one instruction per line, with the chosen images. Undefined:
 * refused.
 */
export function judgeDockerfile(recipe: Recipe, images: ImageChoice, diagnostics: Diagnostics): Written | undefined {
  const before = diagnostics.refusals.length;
  const refusals: Refusals = { refuse: (code, location, why) => diagnostics.refuse(code, location, why, recipe.service) };
  const lines = readLines(recipe.text, recipe.file, refusals);
  const rewriter = new Rewriter(recipe, images, diagnostics);
  if (lines?.syntax) diagnostics.note('syntax', lines.syntax, noteTexts['syntax'] as Text, recipe.service);
  const written = lines && rewriter.rewrite(lines.instructions);
  if (diagnostics.refusals.length > before || !lines || !written) return undefined;
  const heading = lines.sign === '`' ? [{ line: '# escape=`', at: 0 }] : [];
  const all = [...heading, ...written];
  const origin = { file: recipe.file, lines: all.map(({ at }) => at), replaced: rewriter.replaced };
  return { text: `${all.map(({ line }) => line).join('\n')}\n`, origin };
}

class Rewriter {
  readonly replaced: Record<number, ReplacedImage> = {};
  private readonly stages: string[] = [];
  private begun = false;
  private readonly global = new Map<string, string>();
  private readonly recipe: Recipe;
  private readonly images: ImageChoice;
  private readonly diagnostics: Diagnostics;

  constructor(recipe: Recipe, images: ImageChoice, diagnostics: Diagnostics) {
    this.recipe = recipe;
    this.images = images;
    this.diagnostics = diagnostics;
  }

  rewrite(instructions: readonly Instruction[]): { line: string; at: number }[] {
    const out: { line: string; at: number }[] = [];
    for (const one of instructions) {
      const written = this.line(one);
      if (written !== undefined) out.push(...[written, ...one.documents].map((line) => ({ line, at: one.location.line })));
    }
    const { target } = this.recipe;
    const top: SourceLocation = { file: this.recipe.file, line: 1, column: 1 };
    if (!this.begun)
      this.refuse('dockerfile-from', top, text('a Dockerfile starts FROM an image', 'Dockerfile 要以 FROM 某個映像檔開始'));
    else if (target !== undefined && this.stageOf(target) === undefined)
      this.refuse('build-target', top, quoting(target, 'there is no stage {}', '沒有 {} 這個階段'));
    return out;
  }

  private refuse(code: string, location: SourceLocation, why: Text): undefined {
    this.diagnostics.refuse(code, location, why, this.recipe.service);
    return undefined;
  }

  private note(code: string, location: SourceLocation, what: Text): void {
    this.diagnostics.note(code, location, what, this.recipe.service);
  }

  private unsure(location: SourceLocation): undefined {
    return this.refuse(
      'dockerfile-unsure',
      location,
      text(
        'builders may read this line differently: write it in a simpler form',
        '不同的建置程式可能對這一行有不同的解讀，請改用更簡單的寫法',
      ),
    );
  }

  private line({ word, rest, location }: Instruction): string | undefined {
    const early = !this.begun && word !== 'FROM' && word !== 'ARG';
    // only once
    this.begun ||= word !== 'ARG';
    if (early)
      return this.refuse(
        'dockerfile-from',
        location,
        text('a Dockerfile starts FROM an image', 'Dockerfile 要以 FROM 某個映像檔開始'),
      );
    if (word === 'ONBUILD')
      return this.refuse(
        'dockerfile-onbuild',
        location,
        text('ONBUILD is not allowed: no other image is built on this one', '不允許 ONBUILD：沒有其他映像檔會以它為基礎'),
      );
    if (word === 'LABEL' || word === 'MAINTAINER') return void this.note('labels', location, noteTexts['labels'] as Text);
    if (word === 'VOLUME') return volumeLine(rest) ?? this.unsure(location);
    if (word === 'ARG') return this.arg(rest, location);
    const known = Object.hasOwn(allowedFlags, word) ? allowedFlags[word] : undefined;
    if (!known) return `${word} ${rest}`;
    const read = readFlags(rest);
    if (!read) return this.unsure(location);
    const bad = read.flags.find(({ name }) => !known.includes(name));
    if (bad)
      return this.refuse(
        'dockerfile-flag',
        location,
        quoting(
          `${word} --${bad.name}`,
          '{} is not allowed: it gives the build the network or rights of the machine, or builders differ in it',
          '不允許 {}：這會讓建置程式使用機器的網路或權限，或各建置程式的處理方式不同',
        ),
      );
    if (word === 'FROM') return this.from(read.flags, read.rest, location);
    if (word === 'ADD' && !localSources(read.rest))
      return this.refuse(
        'dockerfile-add',
        location,
        text(
          'ADD may only add files of the submission: it would fetch something from the network, or a variable hides what it adds',
          'ADD 只能加入繳交的檔案：這會從網路取得檔案，或用變數隱藏加入的內容',
        ),
      );
    if (word === 'HEALTHCHECK' && read.flags.some((flag) => !bounded(flag)))
      return this.refuse(
        'healthcheck',
        location,
        text('a duration of a health check must be between 100ms and 10m', '健康檢查的時間要在 100ms 與 10m 之間'),
      );
    const flags = read.flags.map((flag) => this.flag(flag, location));
    return flags.every((flag) => flag !== undefined) ? `${word} ${flagWords(flags)}${read.rest}` : undefined;
  }

  private flag(flag: Flag, location: SourceLocation): Flag | undefined {
    if (flag.name === 'from') {
      const from = this.stageOf(flag.value) ?? this.image(flag.value, location)?.used;
      return from === undefined ? undefined : { ...flag, value: from };
    }
    if (flag.name !== 'mount') return flag;
    const written = mountSettings(flag.value);
    if (!written) return this.unsure(location);
    const settings = written.get('type') === 'cache' ? this.ownCache(written, location) : written;
    if (!settings) return this.unsure(location);
    const type = settings.get('type') ?? 'bind';
    if (type !== 'bind' && type !== 'tmpfs')
      return this.refuse(
        'dockerfile-mount',
        location,
        quoting(
          type,
          "RUN --mount of the type {} is not allowed: it can access keys and data of the machine's user",
          '不允許 {} 類型的 RUN --mount：它可以存取機器使用者的金鑰與資料',
        ),
      );
    if ([...settings.keys()].some((key) => !mountKeys.has(key))) return this.unsure(location);
    const from = settings.get('from');
    if (from !== undefined) {
      const image = this.stageOf(from) ?? this.image(from, location)?.used;
      if (image === undefined) return undefined;
      settings.set('from', image);
    }
    return { ...flag, value: [...settings].map(([key, value]) => (value === '' ? key : `${key}=${value}`)).join(',') };
  }

  /**
   * A cache mount is shared by all builds on an engine and is not bounded. In its place: an empty folder of this instruction only
   * or, with `from`, the files there, which are not changed.
   */
  private ownCache(settings: ReadonlyMap<string, string>, location: SourceLocation): Map<string, string> | undefined {
    const target = settings.get('target') ?? settings.get('dst') ?? settings.get('destination');
    if (target === undefined || [...settings.keys()].some((key) => !cacheKeys.has(key))) return undefined;
    this.note('build-cache', location, noteTexts['build-cache'] as Text);
    const from = settings.get('from');
    if (from === undefined) return new Map(Object.entries({ type: 'tmpfs', target }));
    const source = settings.get('source') ?? settings.get('src');
    return new Map(Object.entries({ type: 'bind', from, ...(source === undefined ? {} : { source }), target, rw: '' }));
  }

  private from(flags: readonly Flag[], rest: string, location: SourceLocation): string | undefined {
    const match = /^(\S+)(?:[ \t]+as[ \t]+(\S+))?$/i.exec(rest);
    const name = match?.[2]?.toLowerCase();
    const odd =
      name !== undefined && (!stageName.test(name) || name === 'scratch' || name === 'context' || this.stages.includes(name));
    if (flags.length > 0) this.note('platform', location, noteTexts['platform'] as Text);
    const base = !match || odd ? this.unsure(location) : this.base(match[1] ?? '', location);
    this.stages.push(name ?? '');
    return base === undefined ? undefined : `FROM ${base}${name === undefined ? '' : ` AS ${name}`}`;
  }

  /** The base of a stage: an earlier one, nothing, or a permitted image. */
  private base(written: string, location: SourceLocation): string | undefined {
    const filled = interpolate(written.replace(/^(["'])(.*)\1$/, '$2'), this.global);
    if ('wrong' in filled) return this.unsure(location);
    const { text } = filled;
    // a number means a stage in COPY only
    const stage = /^\d/.test(text) ? undefined : this.stageOf(text);
    if (stage !== undefined || text === 'scratch') return stage ?? text;
    const [named, chosen] = [normalReference(text), this.image(text, location)];
    if (named !== undefined && chosen && chosen.used !== named) this.replaced[location.line] = { named, ...chosen };
    return chosen?.used;
  }

  /** An earlier stage, by its name or number, in the form to write. */
  private stageOf(written: string): string | undefined {
    const name = written.toLowerCase();
    if (/^(?:0|[1-9]\d{0,3})$/.test(name)) return Number(name) < this.stages.length ? name : undefined;
    return name !== '' && this.stages.includes(name) ? name : undefined;
  }

  private image(written: string, location: SourceLocation): ChosenImage | undefined {
    const reference = normalReference(written);
    const chosen = reference === undefined ? undefined : this.images.choose(reference);
    if (reference === undefined || chosen === undefined) return this.refuse('image-not-allowed', location, imageRefused(written));
    if (chosen.used !== reference) this.note('image', location, imageReplaced(reference, chosen));
    return chosen;
  }

  private arg(rest: string, location: SourceLocation): string | undefined {
    if (this.begun) return `ARG ${rest}`;
    for (const word of rest.split(/[ \t]+/)) {
      const match = /^([A-Za-z_]\w*)(?:=("[^"\\`]*"|'[^'\\`]*'|[^"'\\`]*))?$/.exec(word);
      if (!match) return this.unsure(location);
      const [, name = '', raw] = match;
      const given = this.recipe.args.get(name);
      const filled = raw === undefined ? undefined : interpolate(raw.replace(/^(["'])(.*)\1$/, '$2'), this.global);
      if (filled && 'wrong' in filled) return this.unsure(location);
      const value = given ?? filled?.text;
      if (value !== undefined) this.global.set(name, value);
    }
    return `ARG ${rest}`;
  }
}

/** Normalized, because the code that mounts there parses it again. Undefined: the paths are ambiguous. */
function volumeLine(rest: string): string | undefined {
  const paths = rest.startsWith('[') ? [...rest.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path) : rest.split(/[ \t]+/);
  const line = `VOLUME ${JSON.stringify(paths)}`;
  const isWhole = !rest.startsWith('[') || rest.replace(/[ \t]+(?=[",\]])|(?<=[[,])[ \t]+/g, '') === JSON.stringify(paths);
  return isWhole && paths.length > 0 && paths.every((path) => /^\/[\w./ -]*$/.test(path)) ? line : undefined;
}

export const imageRefused = (written: string): Text =>
  quoting(
    written,
    'the image {} is not on the list of this class (`images` in the rubric)',
    '映像檔 {} 不在這門課的清單上（評分標準的 `images`）',
  );
export const imageReplaced = (written: string, { used, unavailable }: ChosenImage): Text =>
  unavailable
    ? text(
        `"${used}" is used instead of "${written}", which this machine does not have, and no registry answers`,
        `以「${used}」代替「${written}」：這台機器沒有它，也沒有 registry 回應`,
      )
    : text(`"${used}" is used instead of "${written}"`, `以「${used}」代替「${written}」`);

/** Whether the sources of an ADD can only be files of the context: the last word is the destination. */
function localSources(rest: string): boolean {
  const sources = rest.split(/[ \t]+/).slice(0, -1);
  return (
    sources.length > 0 &&
    sources.every((source) => /^(?:<<-?["']?\w+["']?|[^\s\u0085"'$:@\\`<>[\]]+)$/.test(source) && !/^github\.com/i.test(source))
  );
}
