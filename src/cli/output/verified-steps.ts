import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Lab } from '../../lab/tutorial.ts';
import { pad, widthOf, wrap } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';
import { type StepState, stepId } from '../../run/learner/progress.ts';
import { notSeen } from '../../run/verify.ts';

export interface VerifiedSteps {
  readonly project: string;
  readonly dir: string;
  readonly states: readonly StepState[];
  readonly next?: StepState;
  /** The first lab on another stack, and that stack's folder. */
  readonly elsewhere?: { readonly lab: Lab; readonly dir: string };
  /** Requests that were sent. */
  readonly sent: number;
  readonly composeLine: string;
}

const words = {
  title: (project: string, dir: string) => text(`Project ${project} (${dir})`, `專案 ${project}（${dir}）`),
  count: (done: number, all: number) => text(`${done} of ${all} done.`, `已完成 ${done}／${all}。`),
  allDone: (all: number) => text(all === 1 ? 'Done.' : `All ${all} done.`, all === 1 ? '已完成。' : `${all} 步全部完成。`),
  next: (id: string, title: Text) => text(`Next: ${id}, ${title.en}`, `下一步：${id}，${title['zh-TW']}`),
  elsewhere: (dir: string) => text(` (in the folder ${dir})`, `（在 ${dir} 資料夾）`),
  unseen: text(
    'The other steps are not seen yet: one look shows only the current state. `lab verify LAB/STEP` right after a step shows that step.',
    '其餘步驟尚未看到：檢查一次只能看到目前的狀態。做完一步後立刻執行 `lab verify 單元/步驟`，就會檢查那一步。',
  ),
  expected: text('expected', '預期'),
  saw: text('saw', '實際'),
  tryNext: text('try next', '下一步'),
  hint: text('hint', '提示'),
  more: (count: number) => text(`${count} more not seen yet`, `另有 ${count} 項尚未看到`),
  partly: (count: number) => text(`${count} not visible in one look`, `${count} 項無法一次看出`),
  recorded: text('done before', '之前已完成'),
  unclear: text('could not be determined', '無法判斷'),
  before: text('true before, too', '原本就成立'),
  sent: (count: number) =>
    count === 0
      ? text('labwright sent no request to your stack.', 'labwright 沒有向你的服務送出請求。')
      : text(
          `labwright sent ${count} ${count === 1 ? 'request' : 'requests'} to your stack. They do not count as yours.`,
          `labwright 向你的服務送出了 ${count} 個請求，這些不算是你送出的。`,
        ),
} as const;

/** The most failed checks of the next step that are shown in full. */
const shownChecks = 2;

/** What one look showed about each step, the next step, and what is missing for it. */
export function verifiedSteps(screen: Screen, lang: Lang, verified: VerifiedSteps): string {
  const { states, project, dir, next } = verified;
  const { paint } = screen;
  const ids = states.map(({ lab, step }) => stepId(lab, step));
  const column = Math.max(...ids.map(widthOf));
  const rows = states.map((state, at) => row(state, state === next, pad(ids[at] ?? '', column), { paint, lang }));
  const detail = next ? nextLines(next, lang, screen) : [];
  const lines = [
    paint.bold(words.title(project, dir)[lang]),
    '',
    ...rows,
    ...(states.length === 1 ? states.flatMap((state) => checkLines(state, lang, screen)) : []),
    '',
    ...summary(verified, lang).flatMap((line) => wrapped(line, '', screen)),
    ...detail,
    '',
    ...wrapped(words.sent(verified.sent)[lang], '', screen).map((line) => paint.dim(line)),
  ];
  return `${lines.join('\n').replaceAll('docker compose', verified.composeLine)}\n`;
}

function row(
  state: StepState,
  isNext: boolean,
  id: string,
  { paint, lang }: Pick<Screen, 'paint'> & { readonly lang: Lang },
): string {
  const { step, progress, results, recorded } = state;
  const title = step.title[lang];
  const skips = results.filter(({ outcome }) => outcome === 'skipped').length;
  const remark = (said: Text) => `  ${paint.dim(`(${said[lang]})`)}`;
  if (progress === 'done')
    return `  ${paint.green('✓')} ${id}  ${title}${recorded ? remark(words.recorded) : skips > 0 ? remark(words.partly(skips)) : ''}`;
  if (progress === 'errored') return `  ${paint.yellow('!')} ${id}  ${title}${remark(words.unclear)}`;
  const already =
    (step.returnsToStart || step.laterThanStart) && !results.some(({ outcome }) => outcome === 'failed')
      ? remark(words.before)
      : '';
  return isNext ? `  ${paint.cyan('›')} ${id}  ${title}${already}` : `${paint.dim(`  · ${id}  ${title}`)}${already}`;
}

/** The checks of a single step that passed and, if it is done, those that were not made. Those that failed are shown with what to try next. */
function checkLines({ progress, results }: StepState, lang: Lang, screen: Screen): string[] {
  const { paint } = screen;
  const colon = lang === 'en' ? ': ' : '：';
  return results.flatMap(({ claim, verdict }) => {
    if (verdict.outcome === 'passed') return hanging(paint.green('✓'), claim[lang] + colon + verdict.actual[lang], screen);
    return verdict.outcome === 'skipped' && progress === 'done'
      ? hanging('–', claim[lang] + colon + verdict.because[lang], screen)
      : [];
  });
}

/** A line with a mark; further lines are indented as its text is. */
const hanging = (mark: string, line: string, screen: Screen): string[] =>
  wrapped(line, ' '.repeat(6), screen).map((part, at) => (at === 0 ? `    ${mark} ${part.trimStart()}` : part));

function summary({ states, next, elsewhere }: VerifiedSteps, lang: Lang): string[] {
  const done = states.filter(({ progress }) => progress === 'done').length;
  const space = lang === 'en' ? ' ' : '';
  const after = elsewhere
    ? words.next(
        stepId(elsewhere.lab, elsewhere.lab.steps[0] ?? { id: '' }),
        elsewhere.lab.steps[0]?.title ?? elsewhere.lab.title,
      )[lang] + words.elsewhere(elsewhere.dir)[lang]
    : undefined;
  const then = next ? words.next(stepId(next.lab, next.step), next.step.title)[lang] : after;
  const count = done === states.length ? words.allDone(done) : words.count(done, states.length);
  return [
    [count[lang], ...(then === undefined ? [] : [then])].join(space),
    ...(next || done === states.length ? [] : [words.unseen[lang]]),
  ];
}

/** What is missing for the next step, and its first hint. */
function nextLines(next: StepState, lang: Lang, screen: Screen): string[] {
  const { paint } = screen;
  const labels = [words.expected, words.saw, words.tryNext, words.hint].map((one) => one[lang]);
  const column = Math.max(...labels.map(widthOf)) + 2;
  const field = (label: Text, value: string) =>
    wrapped(value, ' '.repeat(4 + column), screen).map((line, at) =>
      at === 0 ? `    ${paint.dim(pad(label[lang], column))}${line.trimStart()}` : line,
    );
  const unmet = next.results.flatMap(({ claim, verdict }) =>
    verdict.outcome === 'failed'
      ? [{ claim, expected: verdict.expected, saw: verdict.actual, help: verdict.help, said: verdict.said, cause: verdict.cause }]
      : [],
  );
  // one cause is reported once
  const distinct = unmet.filter(({ cause }, at) => !cause || unmet.findIndex((other) => other.cause?.en === cause.en) === at);
  const errors = next.results.flatMap(({ claim, verdict }) =>
    verdict.outcome === 'errored'
      ? [
          ...wrapped(`! ${claim[lang]}`, '  ', screen),
          ...wrapped(`${verdict.reason.code}: ${verdict.reason.text[lang]}`, '    ', screen),
          ...wrapped(verdict.reason.hint[lang], '    ', screen),
        ]
      : [],
  );
  const rest = unmet.length - Math.min(distinct.length, shownChecks);
  return [
    ...errors,
    ...distinct
      .slice(0, shownChecks)
      .flatMap(({ claim, expected, saw, help, said }) => [
        ...wrapped(claim[lang], '  ', screen),
        ...field(words.expected, expected[lang]),
        ...field(words.saw, saw[lang]),
        ...(said?.lines ?? []).flatMap((line) => wrapped(`${said?.service} | ${line}`, ' '.repeat(4 + column), screen)),
        ...field(words.tryNext, help[lang]),
      ]),
    ...(rest > 0 ? [`  ${words.more(rest)[lang]}`] : []),
    ...(unmet.length === 0 && errors.length === 0 ? wrapped(notSeen(next).message[lang], '  ', screen) : []),
    // a step that is begun does not need the hint how to begin
    ...(next.results.some(({ outcome }) => outcome === 'passed') ? [] : field(words.hint, next.step.hints[0][lang])),
  ];
}

/** Lines that fit the screen, each indented; whole lines where there is no terminal. */
const wrapped = (line: string, indent: string, { interactive, columns }: Screen): string[] =>
  interactive ? wrap(line, columns - indent.length).map((part) => indent + part) : [indent + line];
