import type { Code, Heading, Html, Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';
import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { nearest, problem } from './yaml-block.ts';

/** A piece of the file, and where it begins. */
export interface Piece {
  readonly value: string;
  readonly at: SourceLocation;
}

/** A link to a file, with the lines of it that matter. */
export interface FileLink {
  readonly url: string;
  readonly lines: readonly string[];
  readonly at: SourceLocation;
}

interface Section {
  readonly title: Piece;
  /** Prose, as Markdown. */
  readonly prose: string;
  /** The YAML of the comment below the heading. */
  readonly settings?: Piece;
}

export interface StepSection extends Section {
  readonly task?: string;
  readonly links: readonly FileLink[];
  readonly run: readonly Piece[];
  readonly checks: readonly Piece[];
  readonly hints: readonly Piece[];
  readonly mistakes: readonly Piece[];
  readonly alternatives: readonly Piece[];
}

export interface LabSection extends Section {
  readonly steps: readonly StepSection[];
}

/** A tutorial's Markdown file as its sections: a title, labs (headings of level 2) and steps (of level 3). */
export interface Outline {
  readonly file: string;
  readonly front?: Piece;
  readonly title?: Piece;
  readonly about: string;
  readonly labs: readonly LabSection[];
}

/** The second word of a code block that belongs to the tutorial: ` ```yaml check `. */
const blockKinds = ['run', 'check', 'hints', 'mistakes', 'alternatives'] as const;
type BlockKind = (typeof blockKinds)[number];

interface Building {
  title: Piece;
  prose: string[];
  settings?: Piece;
  task?: string;
  links: FileLink[];
  run: Piece[];
  check: Piece[];
  hints: Piece[];
  mistakes: Piece[];
  alternatives: Piece[];
  steps: Building[];
}

const building = (title: Piece): Building => ({
  title,
  prose: [],
  links: [],
  run: [],
  check: [],
  hints: [],
  mistakes: [],
  alternatives: [],
  steps: [],
});

/** Reads the sections of a file. `file`: its path, for findings, which are added for what belongs to no section. */
export function readOutline(source: string, file: string, findings: Finding[]): Outline {
  const root = fromMarkdown(source, {
    extensions: [frontmatter(['yaml'])],
    mdastExtensions: [frontmatterFromMarkdown(['yaml'])],
  });
  const placeOf = (node: Nodes): SourceLocation => {
    const { line = 1, column = 1 } = node.position?.start ?? {};
    return { file, line, column };
  };
  const raw = (node: Nodes): string => source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  const about: string[] = [];
  const labs: Building[] = [];
  let front: Piece | undefined;
  let title: Piece | undefined;
  let lab: Building | undefined;
  let step: Building | undefined;

  const begin = (node: Heading): void => {
    const named = { value: textOf(node), at: placeOf(node) };
    if (node.depth === 1) {
      if (title) findings.push(secondTitle(named.at));
      title ??= named;
    } else if (node.depth === 2) {
      lab = building(named);
      step = undefined;
      labs.push(lab);
    } else if (node.depth === 3 && lab) {
      step = building(named);
      lab.steps.push(step);
    } else if (node.depth === 3) findings.push(stepOutside(named.at));
    else (step ?? lab)?.prose.push(`**${named.value}**`);
  };
  const addBlock = (node: Code): void => {
    const [kind = ''] = node.meta?.split(/\s+/) ?? [];
    // the first line of the content follows that of the fence
    const { line, column } = placeOf(node);
    const piece = { value: node.value, at: { file, line: line + 1, column } };
    if (kind === '') {
      (step?.prose ?? lab?.prose ?? about).push(raw(node));
      return;
    }
    if (!isBlockKind(kind)) findings.push(unknownBlock(placeOf(node), kind));
    else if (!step) findings.push(blockOutside(placeOf(node), kind));
    else step[kind].push(piece);
  };
  const addComment = (node: Html): void => {
    const [, inner] = /^<!--([\s\S]*?)-->\s*$/.exec(node.value) ?? [];
    const section = step ?? lab;
    if (inner === undefined || !section) return;
    const { line, column } = placeOf(node);
    section.settings ??= { value: inner, at: { file, line, column: column + '<!--'.length } };
  };

  for (const node of root.children) {
    switch (node.type) {
      case 'yaml':
        front = { value: node.value, at: { file, line: placeOf(node).line + 1, column: 1 } };
        break;
      case 'heading':
        begin(node);
        break;
      case 'code':
        addBlock(node);
        break;
      case 'html':
        addComment(node);
        break;
      case 'blockquote':
        if (step && step.task === undefined)
          step.task = node.children
            .map((child) => raw(child))
            .join('\n')
            .replace(/^>\s?/gm, '');
        else (step?.prose ?? lab?.prose ?? about).push(raw(node));
        break;
      default:
        (step?.prose ?? lab?.prose ?? about).push(raw(node));
        step?.links.push(...linksIn(node, placeOf));
    }
  }
  return {
    file,
    ...(front ? { front } : {}),
    ...(title ? { title } : {}),
    about: about.join('\n\n'),
    labs: labs.map((one) => ({ ...sectionOf(one), steps: one.steps.map(stepOf) })),
  };
}

const sectionOf = ({ title, prose, settings }: Building): Section => ({
  title,
  prose: prose.join('\n\n'),
  ...(settings ? { settings } : {}),
});
const stepOf = (one: Building): StepSection => {
  const { task, links, run, check, hints, mistakes, alternatives } = one;
  return { ...sectionOf(one), ...(task === undefined ? {} : { task }), links, run, checks: check, hints, mistakes, alternatives };
};

const isBlockKind = (word: string): word is BlockKind => (blockKinds as readonly string[]).includes(word);

const textOf = (node: Nodes): string =>
  'value' in node ? node.value : 'children' in node ? node.children.map((child) => textOf(child)).join('') : '';

/** The links to files of a paragraph. A link's title names the lines that matter, separated by ` | `. */
function linksIn(node: RootContent | Nodes, placeOf: (node: Nodes) => SourceLocation): FileLink[] {
  if (node.type === 'link' && !/^[a-z][a-z0-9+.-]*:|^#/i.test(node.url))
    return [{ url: decodeURI(node.url), lines: node.title?.split(' | ') ?? [], at: placeOf(node) }];
  return 'children' in node ? node.children.flatMap((child) => linksIn(child, placeOf)) : [];
}

const secondTitle = (at: SourceLocation): Finding =>
  problem(
    at,
    'title-twice',
    text('a tutorial has one title (a heading of level 1)', '教學只有一個標題（第 1 層標題）'),
    text('make it a lab: ##', '請改為單元：##'),
  );
const stepOutside = (at: SourceLocation): Finding =>
  problem(
    at,
    'step-outside',
    text('a step (a heading of level 3) needs a lab (of level 2) before it', '步驟（第 3 層標題）之前必須有單元（第 2 層標題）'),
    text('put a heading of level 2 above it', '請在上方加上第 2 層標題'),
  );
const unknownBlock = (at: SourceLocation, kind: string): Finding =>
  problem(at, 'block-unknown', text(`there is no block named ${kind}`, `沒有名為 ${kind} 的區塊`), nearest(kind, blockKinds));
const blockOutside = (at: SourceLocation, kind: string): Finding =>
  problem(
    at,
    'block-outside',
    text(`the block ${kind} belongs to a step`, `${kind} 區塊屬於步驟`),
    text('put it below a heading of level 3', '請放在第 3 層標題之下'),
  );
