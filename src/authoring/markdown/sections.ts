import type { Code, Heading, Html, Nodes, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';
import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { complexLine } from './markdown-limits.ts';
import {
  blockLanguage,
  blockNested,
  blockOutside,
  blockUnknown,
  commentOpen,
  isBlockKind,
  secondTitle,
  settingsLate,
  stepOutside,
  tooComplex,
} from './outline-problems.ts';

/** A piece of the file, and where it begins. */
export interface Piece {
  readonly value: string;
  readonly at: SourceLocation;
}

/** A link to a file, with the lines of it that matter. */
export interface FileLink {
  readonly url: string;
  readonly lines: readonly string[];
  /** It is a link in the text; otherwise an image, or a definition. */
  readonly isShown: boolean;
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
  /** The prose below its checks, as Markdown; empty: none. */
  readonly recap: string;
  readonly links: readonly FileLink[];
  readonly run: readonly Piece[];
  readonly checks: readonly Piece[];
  readonly hints: readonly Piece[];
  readonly mistakes: readonly Piece[];
  readonly alternatives: readonly Piece[];
  /** A block of it could not be read, for a reason that was reported. */
  readonly isIncomplete?: true;
}

export interface LabSection extends Section {
  /** The first quotation below its heading: what a learner learns in it. */
  readonly learned?: string;
  readonly steps: readonly StepSection[];
}

/** A tutorial's Markdown file as its sections: a title, labs (headings of level 2) and steps (of level 3). */
export interface Outline {
  readonly file: string;
  readonly front?: Piece;
  readonly title?: Piece;
  readonly about: string;
  readonly labs: readonly LabSection[];
  /** All links and images of the file, also those outside of steps. */
  readonly links: readonly FileLink[];
  /** The file was not read, for a reason that was reported. */
  readonly isUnread?: true;
}

interface Building {
  title: Piece;
  prose: string[];
  settings?: Piece;
  /** The first quotation. */
  task?: string;
  recap: string[];
  links: FileLink[];
  run: Piece[];
  check: Piece[];
  hints: Piece[];
  mistakes: Piece[];
  alternatives: Piece[];
  steps: Building[];
  isIncomplete?: true;
}

const building = (title: Piece): Building => ({
  title,
  prose: [],
  recap: [],
  links: [],
  run: [],
  check: [],
  hints: [],
  mistakes: [],
  alternatives: [],
  steps: [],
});

/** A part of a file, as Markdown. */
export const nodesOf = (prose: string): Root => fromMarkdown(prose);

/** Reads the sections of a file. `file`: its path, for findings, which are added for what belongs to no section. */
export function readOutline(written: string, file: string, findings: Finding[]): Outline {
  const source = written.replace(/^\uFEFF/, '');
  const complex = complexLine(source);
  if (complex) {
    findings.push(tooComplex({ file, line: complex.line, column: 1 }, complex.why));
    return { file, about: '', labs: [], links: [], isUnread: true };
  }
  const root = fromMarkdown(source, {
    extensions: [frontmatter(['yaml'])],
    mdastExtensions: [frontmatterFromMarkdown(['yaml'])],
  });
  const reader = new OutlineReader(source, file, findings);
  for (const node of root.children) reader.read(node);
  return reader.outline();
}

class OutlineReader {
  private readonly source: string;
  private readonly file: string;
  private readonly findings: Finding[];
  private readonly about: string[] = [];
  private readonly labs: Building[] = [];
  private readonly links: FileLink[] = [];
  private front: Piece | undefined;
  private title: Piece | undefined;
  private lab: Building | undefined;
  private step: Building | undefined;
  /** The node before was a heading. */
  private isFresh = false;

  constructor(source: string, file: string, findings: Finding[]) {
    this.source = source;
    this.file = file;
    this.findings = findings;
  }

  read(node: RootContent): void {
    const { isFresh } = this;
    this.isFresh = node.type === 'heading';
    const links = linksIn(node, (link) => this.placeOf(link));
    this.links.push(...links);
    switch (node.type) {
      case 'yaml':
        this.front = { value: node.value, at: { file: this.file, line: this.placeOf(node).line + 1, column: 1 } };
        break;
      case 'heading':
        this.begin(node);
        break;
      case 'code':
        this.addBlock(node);
        break;
      case 'html':
        this.addComment(node, isFresh);
        break;
      case 'blockquote':
        this.reportNested(node);
        this.addQuotation(this.raw(node));
        break;
      default:
        this.reportNested(node);
        this.prose.push(this.raw(node));
        this.step?.links.push(...links.filter(({ isShown }) => isShown));
    }
  }

  outline(): Outline {
    const { file, front, title, about, labs, links } = this;
    return {
      file,
      ...(front ? { front } : {}),
      ...(title ? { title } : {}),
      about: about.join('\n\n'),
      links,
      labs: labs.map((one) => ({
        ...sectionOf(one),
        ...(one.task === undefined ? {} : { learned: one.task }),
        steps: one.steps.map(stepOf),
      })),
    };
  }

  private get prose(): string[] {
    const { step, lab } = this;
    if (step) return step.check.length > 0 ? step.recap : step.prose;
    return lab?.prose ?? this.about;
  }

  private addQuotation(raw: string): void {
    const section = this.step ?? this.lab;
    if (section && section.task === undefined) section.task = raw.replace(/^[ \t]*>[ \t]?/gm, '');
    else this.prose.push(raw);
  }

  private placeOf(node: Nodes): SourceLocation {
    const { line = 1, column = 1 } = node.position?.start ?? {};
    return { file: this.file, line, column };
  }

  private raw(node: Nodes): string {
    return this.source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  }

  private begin(node: Heading): void {
    const named = { value: textOf(node), at: this.placeOf(node) };
    if (node.depth === 1) {
      if (this.title) {
        this.findings.push(secondTitle(named.at));
        this.beginLab(named);
      }
      this.title ??= named;
    } else if (node.depth === 2) this.beginLab(named);
    else if (node.depth === 3) {
      if (!this.lab) this.findings.push(stepOutside(named.at));
      // what follows is read as if it had one
      const lab = this.lab ?? this.beginLab(named);
      this.step = building(named);
      lab.steps.push(this.step);
    } else this.prose.push(`**${named.value}**`);
  }

  private beginLab(title: Piece): Building {
    const lab = building(title);
    this.lab = lab;
    this.step = undefined;
    this.labs.push(lab);
    return lab;
  }

  /** A block of the current step cannot be read: that it is missing is no further problem. */
  private reportBlock(finding: Finding): void {
    this.findings.push(finding);
    if (this.step) this.step.isIncomplete = true;
  }

  private addBlock(node: Code): void {
    const { findings, step } = this;
    const [kind = ''] = node.meta?.split(/\s+/) ?? [];
    const at = this.placeOf(node);
    if (kind === '' && node.lang && isBlockKind(node.lang)) this.reportBlock(blockLanguage(at, node.lang));
    // what other tools read, such as `title="…"`, is not ours
    else if (!/^[A-Za-z][\w-]*$/.test(kind)) this.prose.push(this.raw(node));
    else if (!isBlockKind(kind)) this.reportBlock(blockUnknown(at, kind));
    else if (!step) findings.push(blockOutside(at, kind));
    // the first line of the content follows that of the fence
    else step[kind].push({ value: node.value, at: { ...at, line: at.line + 1 } });
  }

  private addComment(node: Html, isFresh: boolean): void {
    const at = this.placeOf(node);
    const [, inner] = /^<!--([\s\S]*?)-->\s*$/.exec(node.value) ?? [];
    const section = this.step ?? this.lab;
    if (inner === undefined) {
      if (node.value.startsWith('<!--') && !node.value.includes('-->')) this.findings.push(commentOpen(at));
    } else if (section && isFresh && /^\s*(?:\{|[\w-]+\s*:)/.test(inner)) {
      // blanks in place of the opening keep the columns
      section.settings = { value: `    ${inner}`, at };
    } else if (section && /^\s*(?:id|needs|stack|returns-to-start|later-than-start)\s*:/.test(inner))
      this.findings.push(settingsLate(at));
  }

  /** Reports the tutorial's blocks inside another node, where they would have no effect. */
  private reportNested(node: Nodes): void {
    if (!('children' in node)) return;
    for (const child of node.children) {
      const [kind = ''] = child.type === 'code' ? (child.meta?.split(/\s+/) ?? []) : [];
      if (isBlockKind(kind)) this.reportBlock(blockNested(this.placeOf(child), kind));
      this.reportNested(child);
    }
  }
}

const sectionOf = ({ title, prose, settings }: Building): Section => ({
  title,
  prose: prose.join('\n\n'),
  ...(settings ? { settings } : {}),
});
const stepOf = (one: Building): StepSection => {
  const { task, recap, links, run, check, hints, mistakes, alternatives, isIncomplete } = one;
  return {
    ...sectionOf(one),
    ...(task === undefined ? {} : { task }),
    ...(isIncomplete ? { isIncomplete } : {}),
    recap: recap.join('\n\n'),
    ...{ links, run, checks: check, hints, mistakes, alternatives },
  };
};

const textOf = (node: Nodes): string =>
  'value' in node ? node.value : 'children' in node ? node.children.map((child) => textOf(child)).join('') : '';

/** The links to files of a paragraph, and its images. A link's title names the lines that matter, separated by ` | `. */
function linksIn(node: Nodes, placeOf: (node: Nodes) => SourceLocation): FileLink[] {
  const isLink = node.type === 'link' || node.type === 'image' || node.type === 'definition';
  if (isLink && !/^[a-z][a-z0-9+.-]*:|^[#/]/i.test(node.url)) {
    const isShown = node.type === 'link';
    return [{ url: decoded(node.url), lines: (isShown && node.title?.split(' | ')) || [], isShown, at: placeOf(node) }];
  }
  return 'children' in node ? node.children.flatMap((child) => linksIn(child, placeOf)) : [];
}

/** A URL's path as the name of a file; unchanged if its escapes are not valid. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch (error) {
    if (error instanceof URIError) return url;
    throw error;
  }
}
