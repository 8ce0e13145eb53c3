import type { ZodType } from 'zod';
import type { Gathers } from '../../checks/catalogue/gathers.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import type { Gate } from '../../lab/gate-case.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Lang, type Text, text, verbatim } from '../../lab/text.ts';
import type { Step } from '../../lab/tutorial.ts';
import { commandsAfter, type GivenCommand, needsOf, type Solution } from './case-commands.ts';
import { makeChecks, readCheckItems, translatedTexts } from './check-items.ts';
import { commandFindings, commandsIn } from './commands.ts';
import { stepSettings } from './front-matter.ts';
import {
  alternativeItem,
  type CaseEdit,
  editsOf,
  equivalentOf,
  mistakeItem,
  mistakeOf,
  readGateItems,
  translatedCases,
} from './gate-items.ts';
import { type BlockKind, opening } from './outline-problems.ts';
import { type Places, reportTwice } from './places.ts';
import { plain } from './plain-text.ts';
import type { Outline, Piece, StepSection } from './sections.ts';
import { slugOf } from './slug.ts';
import { joined, placeTranslations, type Translations } from './translations.ts';
import { validate } from './validate.ts';
import { type Path, parseYaml, problem } from './yaml-block.ts';

/** What a tutorial is made with. */
export interface Making {
  /** Omitted: the front matter is not valid. */
  readonly stacks?: Readonly<Record<string, StackSpec>>;
  readonly gathers: Gathers;
  readonly findings: Finding[];
  readonly places: Places;
  readonly main: Lang;
  readonly languages: readonly Lang[];
  readonly translations: Translations;
  /** Of the steps so far. */
  readonly solutions: Map<string, Solution>;
  /** The edits of its cases, for `lab lint`. */
  readonly edits: CaseEdit[];
}

/** The cases of its gate. */
export interface Collected {
  readonly mistakes: Gate['mistakes'][number][];
  readonly equivalents: Gate['equivalents'][number][];
  readonly ids: { readonly id: string; readonly at: SourceLocation }[];
}

/** A step, with what could be read of it. `lab.before`: the step (`lab/step`) before it in the lab. `spec`: its stack; undefined: unknown. */
export function stepOf(
  section: StepSection,
  [labAt, stepAt]: readonly [number, number],
  lab: { readonly id: string; readonly needs: readonly string[]; readonly before: string | undefined },
  spec: StackSpec | undefined,
  making: Making,
  gate: Collected,
): Step {
  const { findings, places } = making;
  const in_ = (outline: Outline): StepSection | undefined => outline.labs[labAt]?.steps[stepAt];
  const said = (own: string, get: (step: StepSection) => string | undefined): Text =>
    joined(own, making, (outline) => {
      const step = in_(outline);
      return step && get(step);
    });
  const { value: settings = {}, at: settingAt } = readSettings(section.settings, stepSettings, findings);
  const id = idOf(settings.id, section.title, findings);
  const path = `${lab.id}/${id}`;
  places.set(path, section.title.at, settingAt(['needs']));
  placeTranslations(making, places, path, (outline) => in_(outline)?.title);
  const commands = commandsOf(section, findings);
  const hints = hintsOf(section, findings);
  // a shell accepts them in one line
  const third = verbatim(commands.join('; '));
  const text = hints.map((hint, index) => said(hint, (step) => readHints(step.hints, [])[index]));
  const before = findings.length;
  const verify = checksOf(section, path, spec, making, in_);
  const isComplete = findings.length === before && spec !== undefined && !section.isIncomplete;
  if (!isComplete) places.setIncomplete(path);
  const needs = needsOf(path, { lab: lab.needs, needs: settings.needs, before: lab.before }, making.solutions);
  if (spec) making.solutions.set(path, { stack: spec.id, commands, needs });
  collectCases(
    section,
    { path, stack: spec?.id, dir: spec?.dir, checks: verify.map((check) => check.id), isComplete },
    making,
    in_,
    gate,
  );
  const prose = said(section.prose, (step) => step.prose);
  const show = section.links.flatMap((link) => (spec && shownFile(link, spec)) ?? []);
  return {
    id,
    title: said(section.title.value, (step) => step.title.value),
    teach: plain(prose),
    prose,
    hints: [text[0] ?? third, text[1] ?? third, text[2] ?? third],
    ...(section.task === undefined ? {} : { task: plain(said(section.task, (step) => step.task)) }),
    ...(section.recap === '' ? {} : { recap: plain(said(section.recap, (step) => step.recap)) }),
    ...(show.length > 0 ? { show } : {}),
    ...(settings.needs ? { needs: settings.needs } : {}),
    ...(settings['returns-to-start'] ? { returnsToStart: true } : {}),
    ...(settings['later-than-start'] ? { laterThanStart: true } : {}),
    commands,
    run: async (stack) => {
      for (const line of commands) await (line === 'docker compose pull' ? stack.pull() : stack.shell(line));
    },
    verify,
  };
}

/** The step of a translation. */
type InTranslation = (outline: Outline) => StepSection | undefined;

function commandsOf({ run, title, isIncomplete }: StepSection, findings: Finding[]): string[] {
  findings.push(...run.flatMap(({ value, at }) => commandFindings(value, at)));
  const commands = run.flatMap(({ value }) => commandsIn(value));
  if (commands.length === 0 && !isIncomplete)
    findings.push(blockMissing(title.at, 'run', text('this step has no commands', '這個步驟沒有指令')));
  return commands;
}

function checksOf(
  section: StepSection,
  path: string,
  spec: StackSpec | undefined,
  making: Making,
  in_: InTranslation,
): Step['verify'] {
  const { findings, gathers, places } = making;
  const items = readCheckItems(section.checks, findings);
  if (section.checks.length === 0 && !section.isIncomplete)
    findings.push(blockMissing(section.title.at, 'check', text('this step has no checks', '這個步驟沒有檢查')));
  if (!spec) return [];
  const translated = once((outline) => translatedTexts(in_(outline)?.checks ?? []));
  const texts = items.map(({ id, claim, try: advice }, index) => {
    const said = (own: string, key: 'claim' | 'try') => joined(own, making, (outline) => translated(outline)(id, index)[key]);
    return {
      ...(claim === undefined ? {} : { claim: said(claim, 'claim') }),
      ...(advice === undefined ? {} : { try: said(advice, 'try') }),
    };
  });
  const made = makeChecks(items, texts, { spec, gathers, findings });
  for (const { check, at, needs } of made) places.set(`${path}/${check.id}`, at, needs);
  reportTwice(
    made.map(({ check, at }) => ({ id: check.id, at })),
    findings,
  );
  return made.map(({ check }) => check);
}

/** Remembers what was read of each translation. */
function once<T>(read: (outline: Outline) => T): (outline: Outline) => T {
  const known = new Map<Outline, T>();
  return (outline) => {
    const found = known.get(outline) ?? read(outline);
    known.set(outline, found);
    return found;
  };
}

interface CheckedStep {
  readonly path: string;
  /** The key of its stack; undefined: unknown. */
  readonly stack: string | undefined;
  /** The folder of its stack, below the tutorial's. */
  readonly dir: string | undefined;
  /** The IDs of its checks. */
  readonly checks: readonly string[];
  /** Whether its checks have no problem. */
  readonly isComplete: boolean;
}

function collectCases(section: StepSection, step: CheckedStep, making: Making, in_: InTranslation, gate: Collected): void {
  const { findings, solutions } = making;
  const checks = step.isComplete ? step.checks : undefined;
  const afterOf = (one: Parameters<typeof commandsAfter>[0]): readonly GivenCommand[] =>
    step.stack === undefined ? [] : commandsAfter(one, step.stack, solutions, findings);
  const mistakes = once((outline) => translatedCases(in_(outline)?.mistakes ?? []));
  const alternatives = once((outline) => translatedCases(in_(outline)?.alternatives ?? []));
  const noted = (one: Parameters<typeof editsOf>[0]): readonly GivenCommand[] => {
    const after = afterOf(one);
    gate.ids.push({ id: one.item.id, at: one.block.at([one.index, 'id']) });
    if (step.dir !== undefined) making.edits.push(...editsOf(one, step.dir, after));
    return after;
  };
  for (const one of readGateItems(section.mistakes, mistakeItem, findings)) {
    const after = noted(one);
    const what = joined(one.item.what, making, (outline) => mistakes(outline).get(one.item.id));
    const mistake = mistakeOf(step.path, one, { what, after, checks, findings });
    if (mistake) gate.mistakes.push(mistake);
  }
  for (const one of readGateItems(section.alternatives, alternativeItem, findings)) {
    const after = noted(one);
    const what = joined(one.item.what, making, (outline) => alternatives(outline).get(one.item.id));
    gate.equivalents.push(equivalentOf(step.path, one, { what, after, checks, findings }));
  }
}

const blockMissing = (at: SourceLocation, kind: BlockKind, message: Text): Finding =>
  problem(at, `${kind}-missing`, message, text(`add a block: ${opening(kind)}`, `請加上區塊：${opening(kind)}`));

/** Two hints, from vague to exact; a third only if it is not the commands. */
function hintsOf({ hints, title, isIncomplete }: StepSection, findings: Finding[]): string[] {
  if (hints.length === 0 && !isIncomplete)
    findings.push(blockMissing(title.at, 'hints', text('this step has no hints', '這個步驟沒有提示')));
  return readHints(hints, findings);
}

function readHints(pieces: readonly Piece[], findings: Finding[]): string[] {
  return pieces.flatMap(({ value, at }) => {
    const block = parseYaml(value, at, findings);
    if (block.value === undefined) return [];
    const list: readonly unknown[] = Array.isArray(block.value) ? block.value : [];
    const other = list.findIndex((one) => typeof one !== 'string' || one.trim() === '');
    if (list.length >= 2 && list.length <= 3 && other < 0) return list as string[];
    findings.push(
      problem(
        block.at(other < 0 ? [] : [other]),
        'hints-invalid',
        text(
          'hints are a list of two texts, and a third if it is not the commands',
          '提示是兩段文字的清單；若第三個提示不是指令，可以再寫一段',
        ),
        text('begin each with `- `; quote one that contains `: `', '請以 `- ` 開頭；含有 `: ` 時請加引號'),
      ),
    );
    return [];
  });
}

/** The settings of a comment, and where each is; undefined: none, or not valid. */
export function readSettings<T>(
  piece: Piece | undefined,
  schema: ZodType<T>,
  findings: Finding[],
): { readonly value: T | undefined; at(path: Path): SourceLocation | undefined } {
  if (!piece) return { value: undefined, at: () => undefined };
  const block = parseYaml(piece.value, piece.at, findings);
  const value =
    block.value === undefined || block.value === null ? undefined : validate(schema, block.value, block, [], findings);
  return { value, at: (path) => block.at(path) };
}

/** An ID as set, or made of the heading's words. */
export function idOf(set: string | undefined, { value, at }: Piece, findings: Finding[]): string {
  const id = set ?? slugOf(value);
  if (id === undefined)
    findings.push(
      problem(
        at,
        'id-missing',
        text('this heading has no letters a-z to make an ID of', '這個標題沒有可以用來組成 ID 的英文字母'),
        text('write below it: <!-- id: … -->', '請在下一行寫上：<!-- id: … -->'),
      ),
    );
  return id ?? `line-${at.line}`;
}

/** A linked file of the stack. Links to other files are for readers of the page. */
function shownFile(
  { url, lines }: StepSection['links'][number],
  { dir }: StackSpec,
): { file: string; lines: readonly string[] } | undefined {
  const prefix = `${dir}/`;
  const path = url.replace(/^\.\//, '');
  return path.startsWith(prefix) ? { file: path.slice(prefix.length), lines } : undefined;
}
