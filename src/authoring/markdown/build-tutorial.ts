import { makeGathers } from '../../checks/catalogue/gathers.ts';
import { defineLab } from '../../lab/define.ts';
import type { Finding } from '../../lab/finding.ts';
import type { Gate } from '../../lab/gate-case.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { structureFindings } from '../../lab/structure.ts';
import { type Lang, type Text, text, verbatim } from '../../lab/text.ts';
import type { Lab, Step, Tutorial } from '../../lab/tutorial.ts';
import { makeChecks, readCheckItems, translatedClaims } from './check-items.ts';
import { commandsIn } from './commands.ts';
import { type FrontMatter, frontMatter, labSettings, stepSettings } from './front-matter.ts';
import {
  alternativeItem,
  commandsAfter,
  equivalentOf,
  mistakeItem,
  mistakeOf,
  readGateItems,
  translatedCases,
} from './gate-items.ts';
import type { LabSection, Outline, Piece, StepSection } from './sections.ts';
import { slugOf } from './slug.ts';
import { stackOf } from './stack-spec.ts';
import { compareStructure, joined, type Translations } from './translations.ts';
import { nearest, parseYaml, problem, validate } from './yaml-block.ts';

export interface ParsedTutorial {
  /** Undefined: it cannot be defined, for the reasons in `findings`. */
  readonly tutorial?: Tutorial;
  readonly gate: Gate;
  readonly findings: readonly Finding[];
}

/**
 * A tutorial from the outlines of its Markdown files: the main one, and a translation by language. `dir`: the folder of the tutorial, an absolute path.
 * Reports every problem, each with its place.
 */
export function buildTutorial(main: Outline, translations: Translations, dir: string, findings: Finding[]): ParsedTutorial {
  const none: Gate = { mistakes: [], equivalents: [] };
  const matter = readFront(main, findings);
  if (!matter) return { gate: none, findings };
  const [own = 'en'] = matter.languages;
  const inAll = { main: own, languages: matter.languages, translations };
  compareStructure(main, inAll, findings);
  const stacks = Object.fromEntries(Object.entries(matter.stacks).map(([id, stack]) => [id, stackOf(id, stack)]));
  const making: Making = { stacks, gathers: makeGathers(), solutions: new Map(), findings, ...inAll };
  const gate = { mistakes: [...none.mistakes], equivalents: [...none.equivalents] };
  const labs = main.labs.flatMap((lab, at) => labOf(lab, at, making, gate) ?? []);
  if (main.labs.length === 0) findings.push(noLabs(main));
  const title = joined(main.title?.value ?? matter.id, inAll, (outline) => outline.title?.value);
  const tutorial: Tutorial = {
    id: matter.id,
    title,
    ...(main.about === '' ? {} : { about: plain(joined(main.about, inAll, (outline) => outline.about)) }),
    ...(matter.source ? { source: { ...matter.source, title: verbatim(matter.source.title) } } : {}),
    dir,
    languages: matter.languages,
    stacks,
    labs,
    ...(matter['probe-image'] === undefined ? {} : { probeImage: matter['probe-image'] }),
  };
  if (findings.length === 0) findings.push(...structureFindings(tutorial).map((one) => atSource(one, main)));
  return { ...(findings.length === 0 ? { tutorial } : {}), gate, findings };
}

interface Making {
  readonly stacks: Readonly<Record<string, StackSpec>>;
  readonly gathers: ReturnType<typeof makeGathers>;
  /** Of the steps so far. */
  readonly solutions: Map<string, { readonly stack: string; readonly commands: readonly string[] }>;
  readonly findings: Finding[];
  readonly main: Lang;
  readonly languages: readonly Lang[];
  readonly translations: Translations;
}

interface Collected {
  readonly mistakes: Gate['mistakes'][number][];
  readonly equivalents: Gate['equivalents'][number][];
}

function readFront({ file, front }: Outline, findings: Finding[]): FrontMatter | undefined {
  if (!front) {
    findings.push(
      problem(
        { file, line: 1, column: 1 },
        'front-missing',
        text('the file does not begin with front matter', '檔案開頭沒有 front matter'),
        text('begin it with `---`, `id:`, `stacks:` and `---`', '開頭請寫 `---`、`id:`、`stacks:` 和 `---`'),
      ),
    );
    return undefined;
  }
  const block = parseYaml(front.value, front.at, findings);
  if (block.value === undefined) return undefined;
  const matter = validate(frontMatter, block.value, block, [], findings);
  if (!matter) return undefined;
  for (const [id, stack] of Object.entries(matter.stacks)) {
    const known = Object.keys(stack.services);
    const named = [
      [['probe-from'], stack['probe-from']],
      [['published', 'of'], stack.published?.of],
      [['proxy', 'role'], stack.proxy?.role],
      [['proxy', 'upstream'], stack.proxy?.upstream],
    ] as const;
    for (const [path, role] of named) {
      if (role === undefined || known.includes(role)) continue;
      findings.push(
        problem(
          block.at(['stacks', id, ...path]),
          'role-unknown',
          text(`the stack has no role ${role}`, `這組服務沒有角色 ${role}`),
          nearest(role, known),
        ),
      );
    }
  }
  return matter;
}

function labOf(section: LabSection, at: number, making: Making, gate: Collected): Lab | undefined {
  const { findings, stacks } = making;
  const settings = readSettings(section.settings, labSettings, findings) ?? {};
  const id = settings.id ?? slugOf(section.title.value);
  const [first = ''] = Object.keys(stacks);
  const stack = settings.stack ?? first;
  const spec = stacks[stack];
  if (!spec) {
    findings.push(
      problem(
        section.settings?.at ?? section.title.at,
        'stack-unknown',
        text(`there is no stack ${stack}`, `沒有名為 ${stack} 的 stack`),
        nearest(stack, Object.keys(stacks)),
      ),
    );
    return undefined;
  }
  if (section.steps.length === 0)
    findings.push(
      problem(
        section.title.at,
        'lab-empty',
        text('this lab has no steps', '這個單元沒有步驟'),
        text('add one: ###', '請加上：###'),
      ),
    );
  const steps = section.steps.flatMap((step, index) => stepOf(step, [at, index], id, spec, making, gate) ?? []);
  const title = joined(section.title.value, making, (outline) => outline.labs[at]?.title.value);
  return defineLab({ id, title, stack, ...(settings.needs ? { needs: settings.needs } : {}), steps });
}

function stepOf(
  section: StepSection,
  [labAt, stepAt]: readonly [number, number],
  lab: string,
  spec: StackSpec,
  making: Making,
  gate: Collected,
): Step | undefined {
  const { findings, gathers } = making;
  const other =
    <T>(get: (step: StepSection) => T | undefined) =>
    (outline: Outline) => {
      const step = outline.labs[labAt]?.steps[stepAt];
      return step && get(step);
    };
  const settings = readSettings(section.settings, stepSettings, findings) ?? {};
  const id = settings.id ?? slugOf(section.title.value);
  const commands = section.run.flatMap(({ value }) => commandsIn(value));
  if (commands.length === 0)
    findings.push(
      problem(
        section.title.at,
        'run-missing',
        text('this step has no commands', '這個步驟沒有指令'),
        text('add a block: ```sh run', '請加上區塊：```sh run'),
      ),
    );
  const items = readCheckItems(section.checks, findings);
  if (section.checks.length === 0)
    findings.push(
      problem(
        section.title.at,
        'check-missing',
        text('this step has no checks', '這個步驟沒有檢查'),
        text('add a block: ```yaml check', '請加上區塊：```yaml check'),
      ),
    );
  const translated = other((step) => translatedClaims(step.checks));
  const claims = items.map((item, index) =>
    item.claim === undefined ? undefined : joined(item.claim, making, (outline) => translated(outline)?.(item.id, index)),
  );
  const verify = makeChecks(items, claims, { spec, gathers, findings });
  const at = `${lab}/${id}`;
  making.solutions.set(at, { stack: spec.id, commands });
  collectCases(section, { at, stack: spec.id, checks: verify.map((check) => check.id) }, making, other, gate);
  const show = section.links.flatMap((link) => shownFile(link, spec) ?? []);
  return {
    id,
    title: joined(
      section.title.value,
      making,
      other((step) => step.title.value),
    ),
    teach: plain(
      joined(
        section.prose,
        making,
        other((step) => step.prose),
      ),
    ),
    hints: hintsOf(section, making, other, commands),
    ...(section.task === undefined
      ? {}
      : {
          task: plain(
            joined(
              section.task,
              making,
              other((step) => step.task),
            ),
          ),
        }),
    ...(show.length > 0 ? { show } : {}),
    ...(settings.needs ? { needs: settings.needs } : {}),
    ...(settings['returns-to-start'] ? { returnsToStart: true } : {}),
    run: async (stack) => {
      for (const line of commands) await (line === 'docker compose pull' ? stack.pull() : stack.shell(line));
    },
    verify,
  };
}

type OfStep = <T>(get: (step: StepSection) => T | undefined) => (outline: Outline) => T | undefined;

function collectCases(
  section: StepSection,
  { at, stack, checks }: { readonly at: string; readonly stack: string; readonly checks: readonly string[] },
  making: Making,
  other: OfStep,
  gate: Collected,
): void {
  const { findings, solutions } = making;
  for (const kind of ['mistakes', 'alternatives'] as const) {
    const translated = other((step) => translatedCases(step[kind]));
    const textsOf = (one: Parameters<typeof commandsAfter>[0]) => ({
      what: joined(one.item.what, making, (outline) => translated(outline)?.get(one.item.id)),
      after: commandsAfter(one, stack, solutions, findings),
    });
    if (kind === 'alternatives')
      for (const one of readGateItems(section[kind], alternativeItem, findings))
        gate.equivalents.push(equivalentOf(at, one, textsOf(one)));
    else
      for (const one of readGateItems(section[kind], mistakeItem, findings)) {
        const mistake = mistakeOf(at, one, { ...textsOf(one), checks, findings });
        if (mistake) gate.mistakes.push(mistake);
      }
  }
}

/** Two hints, from vague to exact, and the commands; or three. */
function hintsOf(section: StepSection, making: Making, other: OfStep, commands: readonly string[]): readonly [Text, Text, Text] {
  const own = readHints(section.hints, making.findings);
  const solution = verbatim(commands.join(', '));
  const hints = own.map((hint, index) =>
    joined(hint, making, (outline) => readHints(other((step) => step.hints)(outline) ?? [], [])[index]),
  );
  const [first, second, third = solution] = hints;
  if (first && second) return [first, second, third];
  making.findings.push(
    problem(
      section.hints[0]?.at ?? section.title.at,
      'hints-few',
      text('a step has two or three hints; the commands are the last one', '每個步驟有兩到三個提示；最後一個是指令'),
      text('add a block: ```yaml hints', '請加上區塊：```yaml hints'),
    ),
  );
  return [solution, solution, solution];
}

function readHints(pieces: readonly Piece[], findings: Finding[]): string[] {
  return pieces.flatMap(({ value, at }) => {
    const block = parseYaml(value, at, findings);
    if (block.value === undefined) return [];
    const list = Array.isArray(block.value) ? block.value : [];
    if (list.length >= 2 && list.length <= 3 && list.every((one) => typeof one === 'string')) return list as string[];
    findings.push(
      problem(
        block.at([]),
        'hints-invalid',
        text('hints are a list of two or three texts', '提示是兩到三段文字的清單'),
        text('begin each with `- `; quote one that contains `: `', '請以 `- ` 開頭；含有 `: ` 時請加引號'),
      ),
    );
    return [];
  });
}

function readSettings<T>(piece: Piece | undefined, schema: import('zod').z.ZodType<T>, findings: Finding[]): T | undefined {
  if (!piece) return undefined;
  const block = parseYaml(piece.value, piece.at, findings);
  return block.value === undefined || block.value === null ? undefined : validate(schema, block.value, block, [], findings);
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

/** Markdown as a terminal shows it: a link is its text, and each paragraph one line. */
const plain = (markdown: Text): Text => {
  const one = (value: string) =>
    value
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\*\*([^*]+)\*\*/g, '$1')
      .split(/\n{2,}/)
      .map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').trim())
      .filter((paragraph) => paragraph !== '')
      .join('\n');
  return text(one(markdown.en), one(markdown['zh-TW']));
};

const noLabs = ({ file }: Outline): Finding =>
  problem(
    { file, line: 1, column: 1 },
    'labs-missing',
    text('the tutorial has no labs', '這份教學沒有單元'),
    text('add a heading of level 2 for a lab, and of level 3 for each step', '請加上第 2 層標題作為單元，第 3 層標題作為步驟'),
  );

/** A structural problem names a lab, step or check: its place is that of the lab's or step's heading. */
function atSource(one: Finding, { file, labs }: Outline): Finding {
  const [, labId, stepId] = one.where.split('/');
  const lab = labs.find(
    ({ title, settings }) => (settings?.value.includes(`id: ${labId}`) ?? false) || slugOf(title.value) === labId,
  );
  const step = lab?.steps.find(
    ({ title, settings }) => (settings?.value.includes(`id: ${stepId}`) ?? false) || slugOf(title.value) === stepId,
  );
  const { line, column } = step?.title.at ?? lab?.title.at ?? { line: 1, column: 1 };
  return { ...one, where: `${file}:${line}:${column}` };
}
