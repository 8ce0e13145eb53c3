import { text } from '../lab/text.ts';
import type { Refusals, SourceLocation } from './source-location.ts';
import { quoting } from './untrusted-text.ts';

/** One instruction of a Dockerfile on one line: continuations joined, comments removed. */
export interface Instruction {
  /** In capitals. */
  readonly word: string;
  readonly rest: string;
  readonly location: SourceLocation;
  /** The here-documents that follow it, each line unchanged, closing lines included. */
  readonly documents: readonly string[];
}
export interface Lines {
  /** The escape character. */
  readonly sign: '\\' | '`';
  /** The line that names the usual frontend, if any: it changes nothing. */
  readonly syntax?: SourceLocation;
  readonly instructions: readonly Instruction[];
}

const words = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
const withDocuments = new Set(['RUN', 'COPY', 'ADD']);

/**
 * Splits a Dockerfile into its instructions. Refuses what builders of different versions could read differently: what is judged must be what is
 * built. Undefined: it cannot be split.
 */
export function readLines(dockerfile: string, file: string, diagnostics: Refusals): Lines | undefined {
  const lines = dockerfile
    .replace(/^\ufeff/, '')
    .replace(/\r\n/g, '\n')
    .split('\n');
  const locationOf = (index: number): SourceLocation => ({ file, line: index + 1, column: 1 });
  const odd = lines.findIndex((line) => /[^\P{Cc}\t]|\p{Cs}/u.test(line));
  if (odd >= 0) {
    diagnostics.refuse('dockerfile-characters', locationOf(odd), text('this line has control characters', '這一行有控制字元'));
    return undefined;
  }
  const { sign, syntax } = directives(lines, locationOf, diagnostics);
  const end = new RegExp(`${sign === '\\' ? '\\\\' : '`'}[ \\t]*$`);
  const unsure = (index: number) =>
    diagnostics.refuse(
      'dockerfile-unsure',
      locationOf(index),
      text(
        'builders may read this line differently: write it in a simpler form',
        '不同的建置程式可能對這一行有不同的解讀，請改用更簡單的寫法',
      ),
    );
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; ) {
    const start = at;
    let joined = '';
    let open = true;
    while (open && at < lines.length) {
      const line = lines[at] ?? '';
      at += 1;
      const blank = /^\s*(?:#.*)?$/.test(line);
      if (blank && joined === '' && at - start === 1) break;
      if (blank) continue;
      open = end.test(line);
      const part = open ? line.replace(end, '') : line;
      if (open && end.test(part)) unsure(at - 1);
      joined += joined === '' ? part.replace(/^[ \t]+/, '') : part;
    }
    if (joined.trim() === '') continue;
    const [, word = '', rest = ''] = /^([A-Za-z]+)(?:[ \t]+(.*))?$/.exec(joined.trimEnd()) ?? [];
    if (word !== '' && !words.has(word.toUpperCase())) {
      diagnostics.refuse(
        'dockerfile-unsure',
        locationOf(start),
        quoting(word, '{} is not a Dockerfile instruction', '{} 不是 Dockerfile 的指令'),
      );
      continue;
    }
    if (word === '' || end.test(joined) || /^[\s\u0085]/.test(rest)) {
      unsure(start);
      continue;
    }
    const documents: string[] = [];
    const opened = delimiters(word.toUpperCase(), rest);
    if (!opened) unsure(start);
    for (const { name, tabs } of opened ?? []) {
      const last = lines.findIndex((line, index) => index >= at && (tabs ? line.replace(/^\t+/, '') : line) === name);
      // a builder without support for here-documents must fail at the closing line
      if (last < 0 || words.has(name.toUpperCase()) || end.test(lines[last - 1] ?? '')) {
        unsure(start);
        break;
      }
      documents.push(...lines.slice(at, last + 1));
      at = last + 1;
    }
    instructions.push({ word: word.toUpperCase(), rest: rest.trimEnd(), location: locationOf(start), documents });
  }
  return { sign, ...(syntax ? { syntax } : {}), instructions };
}

/** A stage of a Dockerfile: from one FROM to the next. */
interface Stage {
  /** The name after `AS`, in lower case; empty if absent. */
  readonly name: string;
  /** The text after FROM, as written: an image, or an earlier stage. */
  readonly from: string;
  /** The line of FROM, from 1. */
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

export interface Stages {
  /** The `ARG`s before the first FROM that have a default: name → default. */
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

/** Parses a Dockerfile that is not judged: leaves out lines that `readLines` refuses. */
export function readStages(dockerfile: string): Stages {
  const args: Record<string, string> = {};
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const one of readLines(dockerfile, 'Dockerfile', { refuse: () => {} })?.instructions ?? []) {
    const [, from, name = ''] = one.word === 'FROM' ? (/^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(one.rest) ?? []) : [];
    const [, arg, value = ''] = one.word === 'ARG' ? (/^(\w+)=["']?([^"'\s]+)/.exec(one.rest) ?? []) : [];
    if (from !== undefined) stages.push({ name: name.toLowerCase(), from, line: one.location.line, instructions: [] });
    else if (stages.length > 0) stages.at(-1)?.instructions.push(one);
    else if (arg !== undefined) args[arg] = value;
  }
  return { args, stages };
}

/** The here-documents that an instruction opens; undefined: this is uncertain. */
function delimiters(word: string, rest: string): { name: string; tabs: boolean }[] | undefined {
  if (!rest.includes('<<') || !(withDocuments.has(word) || word === 'ONBUILD')) return [];
  if (word === 'ONBUILD' || rest.startsWith('[')) return undefined;
  const parts = rest.split(/[ \t]+/);
  const found = parts.filter((part) => part.includes('<<')).map((part) => /^<<(-?)(["']?)([A-Za-z_]\w*)\2$/.exec(part));
  // other quotes could contain a blank, or the `<<`
  const others = parts.filter((part) => !part.includes('<<')).some((part) => /["'\\`]/.test(part));
  if (others || found.length > 4) return undefined;
  return found.every((match) => match !== null)
    ? found.map((match) => ({ name: match[3] ?? '', tabs: match[1] === '-' }))
    : undefined;
}

/** Docker's own frontend, of which every builder has a version. */
const usualSyntax = /^\s*#\s*syntax\s*=\s*(?:docker\.io\/)?docker\/dockerfile:1(?:\.\d{1,3}){0,2}\s*$/i;

/** The escape character and the usual frontend; other directives are refused or, like `check`, have no effect on the build. */
function directives(
  lines: readonly string[],
  locationOf: (index: number) => SourceLocation,
  diagnostics: Refusals,
): Pick<Lines, 'sign' | 'syntax'> {
  let sign: Lines['sign'] = '\\';
  let usual: SourceLocation | undefined;
  let heading = true;
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    // anywhere before the first instruction, in either style of comment
    const syntax = /^\s*(?:#|\/\/)\s*syntax\s*=/i.test(line) || (index === 0 && line.trimStart().startsWith('{'));
    if (syntax && !usual && usualSyntax.test(line)) usual = locationOf(index);
    else if (syntax)
      diagnostics.refuse(
        'dockerfile-syntax',
        locationOf(index),
        quoting(
          line.trim(),
          '{} makes another program read the Dockerfile and build the image: leave it out, or write docker/dockerfile:1',
          '{} 會讓另一個程式來解讀 Dockerfile 並建置映像檔：請移除，或寫成 docker/dockerfile:1',
        ),
      );
    const match = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (heading && name === 'escape') {
      if (seen.has(name) || (match?.[2] !== '`' && match?.[2] !== '\\'))
        diagnostics.refuse(
          'dockerfile-unsure',
          locationOf(index),
          text('`escape` is \\ or `, once', '`escape` 只能是 \\ 或 `，且只能出現一次'),
        );
      else sign = match[2];
    }
    if (name === undefined || !['escape', 'syntax', 'check'].includes(name)) heading = false;
    else seen.add(name);
    if (!/^\s*(?:#.*|\/\/.*)?$/.test(line)) break;
  }
  return usual ? { sign, syntax: usual } : { sign };
}
