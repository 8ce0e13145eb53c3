import { makeGathers } from '../../checks/catalogue/gathers.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import { defineLab } from '../../lab/define.ts';
import type { Finding } from '../../lab/finding.ts';
import type { Gate } from '../../lab/gate-case.ts';
import { text, verbatim } from '../../lab/text.ts';
import type { Lab, Step, Tutorial } from '../../lab/tutorial.ts';
import { type Collected, idOf, type Making, readSettings, stepOf } from './build-step.ts';
import { type FrontMatter, frontMatter, labSettings } from './front-matter.ts';
import type { CaseEdit } from './gate-items.ts';
import { noLabs, noTitle } from './outline-problems.ts';
import { Places, reportTwice } from './places.ts';
import { plain } from './plain-text.ts';
import type { FileLink, LabSection, Outline } from './sections.ts';
import { stackOf } from './stack-spec.ts';
import { compareStructure, joined, placeTranslations, repeatedCases, type Translations } from './translations.ts';
import { validate } from './validate.ts';
import { nearest, parseYaml, problem } from './yaml-block.ts';

export interface ParsedTutorial {
  /** Undefined: it cannot be defined, for the reasons in `findings`. */
  readonly tutorial?: Tutorial;
  /** What could be read of it, for `lab lint`; undefined: its front matter is not valid. */
  readonly draft?: Tutorial;
  readonly gate: Gate;
  readonly findings: readonly Finding[];
  /** Where its parts are. */
  readonly places: Places;
  /** The links of all its files. */
  readonly links: readonly FileLink[];
  /** The edits of its gate's cases. */
  readonly edits: readonly CaseEdit[];
  /** What its Chinese translation repeats of its gate's cases. */
  readonly repeated: ReturnType<typeof repeatedCases>;
}

/**
 * A tutorial from the outlines of its Markdown files: the main one, and a translation by language. `dir`: the folder of the tutorial, an absolute path.
 * Reports every problem, each with its place.
 */
export function buildTutorial(main: Outline, translations: Translations, dir: string, findings: Finding[]): ParsedTutorial {
  const gate: Collected = { mistakes: [], equivalents: [], ids: [] };
  const places = new Places(main.file);
  const links = [main, ...Object.values(translations)].flatMap((outline) => outline?.links ?? []);
  const edits: CaseEdit[] = [];
  const repeated = translations['zh-TW'] ? repeatedCases(main, translations['zh-TW']) : [];
  const parsed = { gate, findings, places, links, edits, repeated };
  if (main.isUnread) return parsed;
  const matter = readFront(main, places, findings);
  const { languages } = matter ?? { languages: ['en'] as const };
  const inAll = { main: languages[0] ?? 'en', languages, translations };
  placeTranslations(inAll, places, '', ({ file, title }) => title ?? { value: '', at: { file, line: 1, column: 1 } });
  if (!main.title) findings.push(noTitle(main.file));
  if (main.labs.length === 0) findings.push(noLabs(main.file));
  const stacks = matter && Object.fromEntries(Object.entries(matter.stacks).map(([id, stack]) => [id, stackOf(id, stack)]));
  const making: Making = {
    ...(stacks ? { stacks } : {}),
    gathers: makeGathers(),
    solutions: new Map(),
    edits,
    findings,
    places,
    ...inAll,
  };
  const labs = main.labs.map((lab, at) => labOf(lab, at, making, gate));
  reportTwice(
    labs.map(({ id }, at) => ({ id, at: main.labs[at]?.title.at ?? { file: main.file, line: 1, column: 1 } })),
    findings,
  );
  reportTwice(gate.ids, findings);
  if (!matter || !stacks) return parsed;
  compareStructure(main, inAll, findings);
  const draft: Tutorial = {
    id: matter.id,
    title: joined(main.title?.value ?? matter.id, inAll, (outline) => outline.title?.value),
    ...(main.about === '' ? {} : { about: plain(joined(main.about, inAll, (outline) => outline.about)) }),
    ...(matter.source ? { source: { ...matter.source, title: verbatim(matter.source.title) } } : {}),
    dir,
    languages,
    stacks,
    labs,
    ...(matter['probe-image'] === undefined ? {} : { probeImage: matter['probe-image'] }),
  };
  findings.push(...places.needFindings(draft));
  return { ...(findings.length === 0 ? { tutorial: draft } : {}), draft, ...parsed };
}

function readFront({ file, front }: Outline, places: Places, findings: Finding[]): FrontMatter | undefined {
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
  if (Object.keys(matter.stacks).length === 0) findings.push(empty(block.at(['stacks']), 'stacks'));
  for (const [id, stack] of Object.entries(matter.stacks)) {
    const known = Object.keys(stack.services);
    places.setStack(id, block.at(['stacks', id, 'dir']));
    for (const role of known) places.setStack(`${id}/${role}`, block.key(['stacks', id, 'services'], role));
    if (known.length === 0) findings.push(empty(block.at(['stacks', id, 'services']), 'services'));
    const named = [
      [['probe-from'], stack['probe-from']],
      [['published', 'of'], stack.published?.of],
      [['proxy', 'role'], stack.proxy?.role],
      [['proxy', 'upstream'], stack.proxy?.upstream],
    ] as const;
    for (const [path, role] of named) {
      if (role === undefined || known.includes(role) || known.length === 0) continue;
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

const empty = (at: SourceLocation, key: string): Finding =>
  problem(at, 'value-invalid', text(`${key} is empty`, `${key} 是空的`), text('describe at least one', '請至少描述一個'));

function labOf(section: LabSection, at: number, making: Making, gate: Collected): Lab {
  const { findings, stacks, places } = making;
  const { value: settings = {}, at: settingAt } = readSettings(section.settings, labSettings, findings);
  const id = idOf(settings.id, section.title, findings);
  places.set(id, section.title.at, settingAt(['needs']));
  placeTranslations(making, places, id, (outline) => outline.labs[at]?.title);
  const [first = ''] = Object.keys(stacks ?? {});
  const stack = settings.stack ?? first;
  const found = stacks && Object.hasOwn(stacks, stack) ? stacks[stack] : undefined;
  const spec = found && Object.keys(found.services).length > 0 ? found : undefined;
  if (stacks && !found && settings.stack !== undefined)
    findings.push(
      problem(
        settingAt(['stack']) ?? section.title.at,
        'stack-unknown',
        text(`there is no stack ${stack}`, `沒有名為 ${stack} 的 stack`),
        nearest(stack, Object.keys(stacks)),
      ),
    );
  if (section.steps.length === 0)
    findings.push(
      problem(
        section.title.at,
        'lab-empty',
        text('this lab has no steps', '這個單元沒有步驟'),
        text('add one: ###', '請加上：###'),
      ),
    );
  const { needs = [] } = settings;
  const steps: Step[] = [];
  for (const [index, step] of section.steps.entries()) {
    const last = steps.at(-1);
    const before = last && `${id}/${last.id}`;
    steps.push(stepOf(step, [at, index], { id, needs, before }, spec, making, gate));
  }
  reportTwice(
    steps.map((step, index) => ({ id: step.id, at: section.steps[index]?.title.at ?? section.title.at })),
    findings,
  );
  const title = joined(section.title.value, making, (outline) => outline.labs[at]?.title.value);
  const learned =
    section.learned === undefined ? undefined : joined(section.learned, making, (outline) => outline.labs[at]?.learned);
  return defineLab({
    ...{ id, title, stack, steps },
    ...(settings.needs ? { needs: settings.needs } : {}),
    ...(learned ? { learned: plain(learned) } : {}),
  });
}
