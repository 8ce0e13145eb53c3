import { join } from 'node:path';
import type { Lang } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { slugOf } from './slug.ts';

/** The titles of a tutorial's parts. */
export interface Headings {
  readonly id: string;
  readonly title: string;
  readonly labs: readonly {
    readonly id: string;
    readonly title: string;
    readonly steps: readonly { readonly id: string; readonly title: string }[];
  }[];
}

interface Heading {
  readonly depth: number;
  readonly title: string;
  /** As a comment below it sets it. */
  id?: string;
}

/**
 * The headings of a tutorial that ships with this package, whose file is known to be valid: without its blocks, which takes a tenth of the time. `dir`: its
 * folder, which has the ID as its name.
 */
export async function loadHeadings(dir: string, id: string, lang: Lang): Promise<Headings> {
  const own = headingsIn(await read(join(dir, 'tutorial.md')));
  const translated = lang === 'en' ? own : headingsIn(await read(join(dir, `tutorial.${lang}.md`)));
  const labs: { id: string; title: string; steps: { id: string; title: string }[] }[] = [];
  own.forEach((heading, at) => {
    const named = { id: heading.id ?? slugOf(heading.title) ?? '', title: translated[at]?.title ?? heading.title };
    if (heading.depth === 2) labs.push({ ...named, steps: [] });
    if (heading.depth === 3) labs.at(-1)?.steps.push(named);
  });
  const at = own.findIndex(({ depth }) => depth === 1);
  return { id, title: translated[at]?.title ?? own[at]?.title ?? id, labs };
}

const read = async (path: string): Promise<string> => (await readPlain(path, { maxBytes: 1_000_000 })).toString('utf8');

function headingsIn(source: string): Heading[] {
  const found: Heading[] = [];
  let isCode = false;
  let isComment = false;
  for (const line of source.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    if (isCode) continue;
    if (line.startsWith('<!--')) isComment = true;
    const [, marks, title] = /^(#{1,3}) (.+)$/.exec(line) ?? [];
    const [, id] = (isComment && /(?:^|[\s{,])id: ([a-z0-9-]+)/.exec(line)) || [];
    const last = found.at(-1);
    if (marks !== undefined && title !== undefined) found.push({ depth: marks.length, title: title.replaceAll('`', '') });
    else if (id !== undefined && last) last.id ??= id;
    if (line.includes('-->')) isComment = false;
  }
  return found;
}
