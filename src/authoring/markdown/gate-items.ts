import { z } from 'zod';
import type { SourceLocation } from '../../formats/source-location.ts';
import { LabError } from '../../lab/error.ts';
import type { Finding } from '../../lab/finding.ts';
import type { Equivalent, Mistake, Scenario } from '../../lab/gate-case.ts';
import { type Text, text } from '../../lab/text.ts';
import { changesImages, type GateItem, type GivenCommand } from './case-commands.ts';
import { commandsIn, optionFindings } from './commands.ts';
import { namePattern } from './name-pattern.ts';
import type { Piece } from './sections.ts';
import { validate } from './validate.ts';
import { nearest, parseYaml, problem, type YamlBlock } from './yaml-block.ts';

const edit = z.strictObject({ file: z.string().min(1), from: z.string().min(1), to: z.string() });
const steps = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional();
const made = {
  id: z.string().regex(namePattern.pattern, namePattern.message),
  what: z.string().min(1).describe('What a learner did, in one line.'),
  after: steps.describe(
    'Steps (`lab/step`), this one or earlier ones, whose commands are performed first, in this order, each after the steps and labs that it needs.',
  ),
  'only-after': steps.describe('The same, without what they need.'),
  before: z.string().optional().describe('Commands after those, before the step begins.'),
  edits: z.array(edit).optional(),
  run: z.string().optional().describe('Commands.'),
};
export const mistakeItem = z.strictObject({
  ...made,
  fails: z.string().min(1).describe('The check that has to fail.'),
  says: z.string().min(1).describe('What its message has to contain; between slashes: a regular expression.'),
});
export const alternativeItem = z.strictObject({ ...made, skips: z.array(z.string()).optional() });

/** A mistake or alternative in a translation: only its description is translated. */
const translatedItem = z.looseObject({ id: z.string(), what: z.string().min(1) });

/** The descriptions in a translation's blocks, by the ID of the case. */
export const translatedCases = (pieces: readonly Piece[]): ReadonlyMap<string, string> =>
  new Map(readGateItems(pieces, translatedItem, []).map(({ item }) => [item.id, item.what]));

type Made = z.infer<typeof alternativeItem>;

/** Reads a step's blocks of mistakes or alternatives. Adds a finding for each problem. */
export function readGateItems<T>(pieces: readonly Piece[], schema: z.ZodType<T>, findings: Finding[]): GateItem<T>[] {
  return pieces.flatMap(({ value, at }) => {
    const block = parseYaml(value, at, findings);
    if (block.value === undefined) return [];
    const list = validate(z.array(z.unknown()), block.value, block, [], findings) ?? [];
    return list.flatMap((one, index) => {
      const item = validate(schema, one, block, [index], findings);
      if (item === undefined) return [];
      const { before = '', run = '' } = item as Partial<Made>;
      findings.push(...doesNothing(item as Partial<Made>, block, index));
      findings.push(...optionFindings(before, block.at([index, 'before'])), ...optionFindings(run, block.at([index, 'run'])));
      return [{ item, block, index }];
    });
  });
}

/** What of a case changes nothing: an edit of a text to the same, or the whole case. What a translation repeats of a case has neither. */
function doesNothing(item: Partial<Made>, block: YamlBlock, index: number): Finding[] {
  const same = (item.edits ?? []).flatMap(({ from, to }, at) => (from === to ? [at] : []));
  const isEmpty = 'fails' in item && ![item.after, item['only-after'], item.before, item.edits, item.run].some(Boolean);
  return [
    ...same.map((at) =>
      problem(
        block.at([index, 'edits', at, 'to']),
        'edit-nothing',
        text('`to` is the same as `from`: the edit changes nothing', '`to` 和 `from` 相同：這個修改沒有改變任何內容'),
        text('write what the learner wrote instead', '請寫出學習者改成的內容'),
      ),
    ),
    ...(isEmpty
      ? [
          problem(
            block.at([index]),
            'case-empty',
            text(
              'the mistake does nothing: its step fails before every command',
              '這個錯誤沒有做任何事：還沒執行指令時，這一步本來就不會通過',
            ),
            text(
              'write what the learner does: `edits` or `run`; what comes before it: `after`',
              '請寫出學習者做的事：`edits` 或 `run`；之前的步驟：`after`',
            ),
          ),
        ]
      : []),
  ];
}

/** One edit of a case, and where it is. */
export interface CaseEdit {
  /** The case, for its edits to be made in order. */
  readonly of: string;
  /** The folder of the stack, below the tutorial's. */
  readonly dir: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The commands before it, which may change the file or make it. */
  readonly commands: readonly string[];
  readonly fileAt: SourceLocation;
  readonly fromAt: SourceLocation;
}

/** The edits of a case. `after`: the commands of earlier steps that come first. */
export const editsOf = ({ item, block, index }: GateItem<Made>, dir: string, after: readonly GivenCommand[]): CaseEdit[] =>
  (item.edits ?? []).map((one, at) => ({
    ...{ of: item.id, dir, ...one },
    commands: [...after.map(({ line }) => line), ...commandsIn(item.before ?? '')],
    fileAt: block.at([index, 'edits', at, 'file']),
    fromAt: block.at([index, 'edits', at, 'from']),
  }));

const doing =
  ({ edits = [], run = '' }: Made) =>
  async (scenario: Scenario): Promise<void> => {
    for (const { file, from, to } of edits) await scenario.edit(file, (content) => content.replace(from, () => to));
    for (const line of commandsIn(run)) await scenario.shell(line);
  };

const caseOf = (at: string, item: Made, { what, after }: Pick<GateItemOptions, 'what' | 'after'>) => {
  const commands: GivenCommand[] = [...after, ...commandsIn(item.before ?? '').map((line) => ({ line }))];
  const given: Mistake['given'] = async (scenario, settled) => {
    for (const [index, { line, step }] of commands.entries()) {
      await scenario.shell(line).catch((error: unknown) => {
        throw error instanceof LabError ? beforeCase(error, step) : error;
      });
      if (step !== undefined && commands[index + 1]?.step !== step) await settled(step);
    }
  };
  const lines = [...commands.map(({ line }) => line), ...commandsIn(item.run ?? '')];
  return {
    id: item.id,
    at,
    what,
    ...(commands.length === 0 ? {} : { given }),
    ...(lines.some(changesImages) ? { builds: true } : {}),
    make: doing(item),
  };
};

/** An error of a command that is not the case's own. */
const beforeCase = (error: LabError, step: string | undefined): LabError => {
  const { code, text: message, hint } = error;
  const where = step === undefined ? text('`before`', '`before`') : text(`\`after\` (${step})`, `\`after\`（${step}）`);
  return new LabError(
    code,
    text(`a command of ${where.en} failed: ${message.en}`, `${where['zh-TW']} 的指令失敗：${message['zh-TW']}`),
    hint,
    { cause: error },
  );
};

interface GateItemOptions {
  readonly what: Text;
  /** Commands of the steps before those of the case. */
  readonly after: readonly GivenCommand[];
  /** The IDs of the step's checks; undefined: these have problems. */
  readonly checks: readonly string[] | undefined;
  readonly findings: Finding[];
}

const checkMissing = (at: SourceLocation, id: string, checks: readonly string[]): Finding =>
  problem(at, 'check-missing', text(`the step has no check ${id}`, `這一步沒有檢查 ${id}`), nearest(id, checks));

/** A mistake of a step. Adds a finding if its check does not exist, or its pattern is not valid. */
export function mistakeOf(
  at: string,
  { item, block, index }: GateItem<z.infer<typeof mistakeItem>>,
  { checks, findings, ...texts }: GateItemOptions,
): Mistake | undefined {
  if (checks && !checks.includes(item.fails)) findings.push(checkMissing(block.at([index, 'fails']), item.fails, checks));
  const [, source] = /^\/(.*)\/$/s.exec(item.says) ?? [];
  try {
    const message = new RegExp(source ?? item.says.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { ...caseOf(at, item, texts), caughtBy: item.fails, message };
  } catch (error) {
    const message = (error as Error).message;
    findings.push(
      problem(
        block.at([index, 'says']),
        'pattern-invalid',
        text(message, message),
        text('correct the pattern', '請修正這個樣式'),
      ),
    );
    return undefined;
  }
}

/** An alternative solution. Adds a finding for each check in `skips` that does not exist. */
export function equivalentOf(
  at: string,
  { item, block, index }: GateItem<Made>,
  { checks, findings, ...texts }: GateItemOptions,
): Equivalent {
  for (const [nth, id] of (item.skips ?? []).entries())
    if (checks && !checks.includes(id)) findings.push(checkMissing(block.at([index, 'skips', nth]), id, checks));
  return { ...caseOf(at, item, texts), ...(item.skips ? { skips: item.skips } : {}) };
}
