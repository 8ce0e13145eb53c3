import type { Compose } from '../../../docker/compose/compose.ts';
import { capped, multiLine } from '../../../formats/untrusted-text.ts';
import type { StackSpec } from '../../../lab/stack.ts';
import { type Lang, langs, type Text } from '../../../lab/text.ts';
import type { Lab, Step, Tutorial } from '../../../lab/tutorial.ts';
import { readHostFile } from '../../../platform/host-file.ts';
import { typedCommands } from '../../../run/typed-commands.ts';
import type { Block, FileContent, PageContent, Span, StepContent } from '../protocol.ts';
import { type ColouredFiles, loadColours } from './colours.ts';
import { blocksOfLines, blocksOfMarkdown } from './markdown.ts';

/** A stack as the commands of a step act on it. */
interface ContentStack {
  readonly spec: StackSpec;
  readonly dir: string;
}

export interface ContentOptions extends Pick<PageContent, 'mode' | 'lang' | 'folder' | 'terminal'> {
  readonly tutorial: Tutorial;
  /** The steps of the page, in order, by their keys (`lab/step`). */
  readonly plan: readonly { readonly key: string }[];
  /** The learner's stack, with its own service names and port; or those of a run, by their keys in the tutorial. */
  stackOf(key: string): ContentStack;
  readonly compose: Pick<Compose, 'line' | 'version'>;
}

/** What the page shows of a tutorial. Throws TypeError for a plan with a step that the tutorial does not have. */
export async function pageContent(options: ContentOptions): Promise<PageContent> {
  const { tutorial, plan, mode, lang, folder, terminal } = options;
  const colours = await loadColours();
  const planned = plan.map(({ key }) => ({ key, ...find(tutorial, key) }));
  const labs = [...new Set(planned.map(({ lab }) => lab))];
  return {
    ...{ mode, lang, folder, terminal },
    title: tutorial.title,
    labs: await Promise.all(
      labs.map(async (lab) => ({
        id: lab.id,
        title: lab.title,
        ...(lab.learned ? { learned: lab.learned } : {}),
        steps: await Promise.all(
          planned
            .filter((one) => one.lab === lab)
            .map(({ key, step }) => stepContent(key, step, options.stackOf(lab.stack), options.compose, colours)),
        ),
      })),
    ),
  };
}

function find({ labs }: Tutorial, key: string): { lab: Lab; step: Step } {
  for (const lab of labs) for (const step of lab.steps) if (key === `${lab.id}/${step.id}`) return { lab, step };
  throw new TypeError(`no step ${key} in the tutorial`);
}

async function stepContent(
  key: string,
  step: Step,
  { spec, dir }: ContentStack,
  compose: ContentOptions['compose'],
  colours: ColouredFiles,
): Promise<StepContent> {
  const { title, task = title, recap, teach, prose, hints, show = [] } = step;
  const files = await Promise.all(show.map(({ file, lines }) => fileContent(dir, file, lines, colours)));
  return {
    ...{ key, title, task },
    ...(recap ? { recap } : {}),
    teach: inEach((lang) => (prose ? blocksOfMarkdown(prose[lang]) : blocksOfLines(teach[lang]))),
    hints: inEach((lang) => hints.map((hint) => hintBlocks(hint, lang))),
    commands: await typedCommands(step, { spec, compose }),
    files: files.filter((one) => one !== undefined),
  };
}

const inEach = <T>(of: (lang: Lang) => T): Record<Lang, T> =>
  Object.fromEntries(langs.map((lang) => [lang, of(lang)])) as Record<Lang, T>;

/** A hint that is the same in every language is a command. */
function hintBlocks(hint: Text, lang: Lang): Block[] {
  const [first, ...others] = new Set(langs.map((one) => hint[one]));
  return first === undefined || others.length > 0 || first.includes('`')
    ? blocksOfLines(hint[lang])
    : [{ kind: 'paragraph', content: [{ kind: 'code', text: multiLine(first) }] }];
}

/** A learner reads files of this size; of longer ones, the first lines. */
const most = { lines: 500, characters: 400 };

/** A file that a step shows, as it is in the folder now. Undefined: there is none that can be read. */
async function fileContent(
  dir: string,
  path: string,
  shown: readonly string[],
  colours: ColouredFiles,
): Promise<FileContent | undefined> {
  const found = await readHostFile(dir, path);
  if (found.kind !== 'file') return undefined;
  const written = multiLine(found.text).replace(/\n$/, '').split('\n').slice(0, most.lines);
  const known = Object.hasOwn(colours, found.sha256) ? colours[found.sha256] : undefined;
  const lines = known
    ? known.slice(0, written.length).map((line) => line.map(([text, style]): Span => (style ? { text, style } : { text })))
    : written.map((line) => (line === '' ? [] : [{ text: capped(line, most.characters) }]));
  const wanted = shown.map((one) => one.trim()).filter((one) => one !== '');
  const marked = written.flatMap((line, at) => (wanted.some((one) => line.includes(one)) ? [at] : []));
  return { path, lines, marked };
}
