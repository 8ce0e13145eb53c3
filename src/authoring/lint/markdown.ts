import { join, relative } from 'node:path';
import type { Finding } from '../../lab/finding.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { ParsedTutorial } from '../markdown/build-tutorial.ts';
import { loadMarkdown } from '../markdown/load-tutorial.ts';
import { lintHints } from './hints.ts';
import { lintTutorials } from './lint.ts';
import { editFindings, linkFindings } from './markdown-files.ts';
import { watchedFirst } from './needs.ts';
import { lintDraftStacks } from './stacks.ts';
import { isUntranslated, notChinese } from './texts.ts';

export interface LintedMarkdown {
  /** What could be read; undefined: nothing. */
  readonly tutorial?: Tutorial;
  /** Each with its place: `folder/file:line:column`, relative to `cwd`. */
  readonly findings: readonly Finding[];
}

/** All findings of a tutorial in Markdown and of its stacks. `path`: absolute. Throws LabError E_LAB_UNKNOWN, E_LAB_INVALID (a file that cannot be read). */
export async function lintMarkdown(path: string, cwd: string): Promise<LintedMarkdown> {
  const { tutorial, draft, findings, places, dir, links, edits, repeated } = await loadMarkdown(path);
  const inFolder = (place: string): string => join(relative(cwd, dir), place);
  const placed = (one: Finding): Finding => {
    const stack = one.part === undefined ? undefined : places.ofStack(one.part);
    if (stack) return { ...one, where: inFolder(`${stack.file}:${stack.line}:${stack.column}`) };
    if (one.where.startsWith(dir)) return { ...one, where: relative(cwd, one.where) || '.' };
    const translated = one.lang && places.inTranslation(one.lang, one.where);
    const { file, line, column } = translated ?? places.of(one.where) ?? { file: places.file, line: 1, column: 1 };
    return { ...one, where: inFolder(`${file}:${line}:${column}`) };
  };
  const further = tutorial ? lintTutorials([tutorial], '') : draft ? lintDraft(draft) : [];
  return {
    ...(draft ? { tutorial: draft } : {}),
    findings: inOrder(
      once([
        ...[...findings, ...untranslated(repeated), ...linkFindings(dir, links), ...editFindings(dir, edits)].map((one) => ({
          ...one,
          where: inFolder(one.where),
        })),
        ...further.map(placed),
      ]),
    ),
  };
}

const untranslated = (repeated: ParsedTutorial['repeated']): Finding[] =>
  repeated
    .filter(({ what }) => isUntranslated(what))
    .map(({ what, at }) => notChinese(`${at.file}:${at.line}:${at.column}`, ['what', 'what（說明）'], what));

/** What can be said of a tutorial of which other parts could not be read: no finding that a missing part alone would cause. */
function lintDraft(draft: Tutorial): Finding[] {
  // hints that are missing are the commands
  const hinted = draft.labs.map((lab) => ({ ...lab, steps: lab.steps.filter(({ hints }) => hints[0] !== hints[2]) }));
  return [...lintHints({ ...draft, labs: hinted }), ...watchedFirst(draft), ...lintDraftStacks(draft)];
}

/** An item that makes several checks has one place: what is said of each of them is said once. */
function once(findings: readonly Finding[]): Finding[] {
  const known = new Set<string>();
  return findings.filter(({ where, rule, message }) => {
    const key = JSON.stringify([where, rule, message.en]);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

/** By file in order of first occurrence, then by line and column. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const split = (where: string) => /^(.*?)(?::(\d+):(\d+))?$/s.exec(where) ?? [];
  const files = [...new Set(findings.map(({ where }) => split(where)[1]))];
  const keys = ({ where }: Finding): number[] => {
    const [, file, line = 0, column = 0] = split(where);
    return [files.indexOf(file), Number(line), Number(column)];
  };
  const placed = findings.map((finding) => ({ finding, at: keys(finding) }));
  placed.sort((a, b) => a.at.map((key, index) => key - (b.at[index] ?? 0)).find((difference) => difference !== 0) ?? 0);
  return placed.map(({ finding }) => finding);
}
