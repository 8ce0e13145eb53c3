import { oneLine } from '../../formats/untrusted-text.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import type { CheckFinding, JudgedCheck, JudgedReceipt, JudgedStep } from '../../learn/receipt/judge-receipt.ts';
import { version } from '../../platform/package-root.ts';
import { wrap } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';

const words = {
  title: (tutorial: string, folder: string) =>
    text(`Receipt: ${tutorial}, folder ${folder}`, `學習紀錄：${tutorial}，資料夾 ${folder}`),
  since: (from: string) => text(`begun ${from}`, `開始於 ${from}`),
  finished: (from: string, to: string) => text(`begun ${from}, finished ${to}`, `開始於 ${from}，完成於 ${to}`),
  made: (labwright: string, engine: string, compose: string) =>
    text(
      `labwright ${labwright}, engine ${engine}, Compose ${compose}`,
      `labwright ${labwright}、引擎 ${engine}、Compose ${compose}`,
    ),
  hints: (count: number) => text(count === 1 ? '1 hint' : `${count} hints`, `${count} 個提示`),
  solution: text('solution shown', '看過解答'),
  performed: text('run by labwright', '由 labwright 執行'),
  unknownStep: text('this tutorial has no such step', '這份教學沒有這個步驟'),
  noFacts: text('passed before labwright recorded facts: nothing to judge', '通過時 labwright 尚未記錄觀察資料：無從判斷'),
  count: (confirmed: number, recorded: number, possible: number) =>
    text(
      `${confirmed} of ${possible} ${possible === 1 ? 'step' : 'steps'} of this part of the tutorial confirmed. The receipt has ${recorded}.`,
      `教學的這個部分共有 ${possible} 個步驟，已確認 ${confirmed} 個。學習紀錄裡有 ${recorded} 個。`,
    ),
  empty: text('The receipt has no steps.', '這份學習紀錄沒有任何步驟。'),
  other: (own: string, here: string) =>
    text(
      `The receipt is of the tutorial ${own}, not ${here}. Nothing was judged.`,
      `這份學習紀錄屬於教學 ${own}，不是 ${here}。沒有判斷任何項目。`,
    ),
  otherVersion: text(
    'The receipt is of another version of this tutorial: its labs, steps, checks or claims differ. So it is not confirmed as a whole.',
    '這份學習紀錄屬於這份教學的另一個版本：單元、步驟、檢查或敘述不同。因此整份紀錄不算已確認。',
  ),
  otherProgram: (recorded: string) =>
    text(
      `labwright ${recorded} wrote the receipt, and this is ${version}: the same facts can be judged or worded differently.`,
      `學習紀錄由 labwright ${recorded} 寫入，目前是 ${version}：同樣的資料可能有不同的判斷或用語。`,
    ),
  meaning: text(
    "This shows whether the claims follow from the recorded facts. It does not show that the facts are true: the learner's machine recorded them, and they can be made up. To grade, use `lab grade`: it runs each submission itself.",
    '這表示各項敘述是否符合紀錄裡的觀察資料，並不表示資料是真的：資料由學習者的電腦記錄，可以捏造。評分請用 `lab grade`：它會自行執行每份作業。',
  ),
  colon: text(': ', '：'),
  separator: text('; ', '；'),
} as const;

/** Why a check is not confirmed. */
const reasons: Readonly<Record<Exclude<CheckFinding, 'confirmed'>, Text>> = {
  changed: text('the recorded facts have another result', '紀錄裡的觀察資料判斷出不同的結果'),
  'other-words': text('the recorded facts show something else than the receipt says', '觀察資料顯示的與紀錄所寫的不同'),
  'not-passed': text('it did not pass', '沒有通過'),
  unknown: text('this tutorial has no such check', '這份教學沒有這項檢查'),
  absent: text('the receipt does not have this check', '學習紀錄缺少這項檢查'),
  'other-claim': text('the receipt has another claim', '學習紀錄裡的敘述不同'),
  'no-facts': text('no facts are recorded', '沒有記錄觀察資料'),
  'not-judged': text(
    'the recorded facts have another form or take too long, and cannot be judged',
    '觀察資料的格式不符，或需要太多時間，無法判斷',
  ),
};

/** The most characters of a text that facts determine. */
const most = 300;

/** What was seen according to the facts, if there is a verdict. */
const seenIn = ({ verdict }: JudgedCheck, lang: Lang): string | undefined =>
  verdict && 'actual' in verdict ? oneLine(verdict.actual[lang], most) : undefined;

/** A judged receipt for people: each step, and each check that is not confirmed. */
export function receiptLines(screen: Screen, lang: Lang, judged: JudgedReceipt): string {
  const { receipt, steps, tutorial, possible } = judged;
  const { paint } = screen;
  const { startedAt, finishedAt } = receipt;
  const since = judged.confirmed && finishedAt !== undefined ? words.finished(startedAt, finishedAt) : words.since(startedAt);
  const said = (value: Text) => wrapped(value[lang], '', screen);
  const { kind, version: engine, compose } = receipt.engine;
  const clean = (value: string) => oneLine(value, 80);
  const id = clean(receipt.tutorial.id);
  const head = [
    paint.bold(words.title(id, clean(receipt.folder))[lang]),
    paint.dim(since[lang]),
    paint.dim(words.made(clean(receipt.labwright), `${clean(engine)} (${kind})`, clean(compose))[lang]),
    '',
  ];
  const count = words.count(confirmedSteps(steps), steps.length, possible);
  const summary =
    tutorial === 'other'
      ? said(words.other(id, judged.judgedBy))
      : [...steps.flatMap((one) => stepLines(one, screen, lang)), '', ...said(steps.length === 0 ? words.empty : count)];
  const notes = [
    ...(tutorial === 'other-version' ? said(words.otherVersion) : []),
    ...(receipt.labwright === version ? [] : said(words.otherProgram(clean(receipt.labwright)))),
  ];
  return `${[...head, ...summary, ...notes, '', ...said(words.meaning).map((line) => paint.dim(line))].join('\n')}\n`;
}

const confirmedSteps = (steps: readonly JudgedStep[]): number => steps.filter(({ finding }) => finding === 'confirmed').length;

function stepLines({ step, title, finding, checks }: JudgedStep, screen: Screen, lang: Lang): string[] {
  const { paint } = screen;
  const help = [
    ...(step.hints > 0 ? [words.hints(step.hints)] : []),
    ...(step.solutionShown ? [words.solution] : []),
    ...(step.performed ? [words.performed] : []),
  ].map((one) => one[lang]);
  const remark = help.length > 0 ? paint.dim(`  (${help.join(words.separator[lang])})`) : '';
  const mark = finding === 'confirmed' ? paint.green('✓') : finding === 'no-facts' ? paint.yellow('–') : paint.red('✗');
  const why = finding === 'unknown' ? words.unknownStep : finding === 'no-facts' ? words.noFacts : undefined;
  return [
    `  ${mark} ${oneLine(step.key, 80)}  ${oneLine(title[lang], 120)}${remark}`,
    ...(why ? wrapped(why[lang], '    ', screen) : []),
    ...checks.filter((one) => one.finding !== 'confirmed').flatMap((one) => checkLines(one, screen, lang)),
  ];
}

function checkLines(check: JudgedCheck, screen: Screen, lang: Lang): string[] {
  const { finding, id, claim } = check;
  if (finding === 'confirmed') return [];
  const seen = seenIn(check, lang);
  const why = reasons[finding][lang] + (seen === undefined ? '' : words.colon[lang] + seen);
  return [...wrapped(`✗ ${oneLine(claim[lang], most)} (${oneLine(id, 80)})`, '    ', screen), ...wrapped(why, '      ', screen)];
}

const wrapped = (line: string, indent: string, { interactive, columns }: Screen): string[] =>
  interactive ? wrap(line, columns - indent.length).map((part) => indent + part) : [indent + line];

/** The same for programs. */
export const receiptDocument = ({ receipt, tutorial, steps, possible, confirmed }: JudgedReceipt, lang: Lang) => ({
  tool: 'labwright',
  version,
  lang,
  tutorial: { id: receipt.tutorial.id, is: tutorial },
  folder: receipt.folder,
  confirmed,
  /** `part`: of the tutorial here, in the part that the receipt is of. */
  counts: { confirmed: confirmedSteps(steps), recorded: steps.length, part: possible },
  meaning: words.meaning[lang],
  steps: steps.map(({ step, title, finding, checks }) => ({
    key: step.key,
    title: title[lang],
    finding,
    checks: checks.map((check) => ({
      id: check.id,
      claim: check.claim[lang],
      finding: check.finding,
      outcome: check.verdict?.outcome ?? null,
      actual: seenIn(check, lang) ?? null,
    })),
  })),
});
