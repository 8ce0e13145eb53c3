import { type Text, text } from '../../../../lab/text.ts';
import type { CheckState } from '../../../state.ts';
import type { Picture } from '../../picture/picture.ts';
import type { ClassPageState, LearnPageState, PageContent, RunCheck, RunPageState } from '../../protocol.ts';
import { findStep } from '../step/find-step.ts';
import { helpOf, textOf } from '../words/words.ts';
import { hintTexts } from './hints.ts';

/** What a screen reader says. `id` grows. */
export interface Announcement {
  readonly id: number;
  readonly text: Text;
}

/** The part of the page's state that is announced. */
interface Known {
  readonly connection: 'connecting' | 'open' | 'lost' | 'ended';
  readonly content?: PageContent;
  readonly learn?: LearnPageState;
  readonly class?: ClassPageState;
  readonly run?: RunPageState;
  readonly picture?: Picture;
}

/** What is worth saying about a change: of the connection, of checks, of a step. */
export function announced(before: Known, after: Known): readonly Text[] {
  return [
    ...connectionTexts(before, after),
    ...pictureTexts(before, after),
    ...learnTexts(before, after),
    ...classTexts(before, after),
    ...runTexts(before, after),
  ];
}

/** The answer to Check: how many checks are true, and why the first of the others is not. In practice on a fault, the check runs first: its note is the answer. */
export function askedTexts({ learn, content }: Known): readonly Text[] {
  if (learn?.phase !== 'working' || content?.mode === 'break') return [];
  const { checks } = learn;
  const passed = checks.filter(({ mark }) => mark === 'passed').length;
  const open = checks.find(({ mark, verdict }) => mark !== 'passed' && verdict?.outcome === 'failed');
  const count = textOf((words) => words.checksTrue(passed, checks.length));
  return open?.verdict?.outcome === 'failed' ? [count, notTrue(open.claim, open.verdict)] : [count];
}

const notTrue = (claim: Text, verdict: Extract<CheckState['verdict'], { outcome: 'failed' }>): Text =>
  textOf(
    (words, lang) =>
      `${words.marks.failed}${words.colon}${claim[lang]}${words.semicolon}${words.sawActual}${words.colon}${verdict.actual[lang]}${words.semicolon}${words.tryNext}${words.colon}${helpOf(verdict, lang)}`,
  );

function connectionTexts(before: Known, after: Known): readonly Text[] {
  if (before.connection === after.connection) return [];
  switch (after.connection) {
    case 'lost':
      return [text('Connection lost. Trying again.', '連線中斷，正在重新連線。')];
    case 'ended':
      return [text('labwright has ended.', 'labwright 已結束。')];
    case 'open':
      return before.connection === 'lost' ? [text('Connected again.', '已重新連線。')] : [];
    case 'connecting':
      return [];
  }
}

function pictureTexts({ picture: before }: Known, { picture: after }: Known): readonly Text[] {
  const [was, is] = [before?.unmeasuredSince !== undefined, after?.unmeasuredSince !== undefined];
  if (was === is) return [];
  return [
    is
      ? text('The stack is not measured now.', '目前沒有測量服務的狀態。')
      : text('The stack is measured again.', '已恢復測量服務的狀態。'),
  ];
}

function learnTexts({ learn: before }: Known, { learn: after, content }: Known): readonly Text[] {
  if (!before || !after || before === after) return [];
  if (before.at !== after.at) return [stepText(content, after.at)];
  const passes = (after.phase === 'passed' || after.phase === 'finished') && before.phase !== after.phase;
  return [
    ...after.checks.flatMap((check) =>
      markTexts(
        before.checks.find(({ id }) => id === check.id),
        check,
      ),
    ),
    ...(passes ? [text('The step has passed.', '這一步通過了。')] : []),
    ...engineTexts(before, after),
    ...faultTexts(before, after),
    ...hintTexts(before, after, content && findStep(content, after.at)?.step),
    ...noteTexts(before, after),
  ];
}

function stepText(content: PageContent | undefined, key: string): Text {
  const title = content && findStep(content, key)?.step.title;
  return text(`Step: ${title?.en ?? key}`, `步驟：${title?.['zh-TW'] ?? key}`);
}

function engineTexts(before: LearnPageState, after: LearnPageState): readonly Text[] {
  if ((before.phase === 'lost') === (after.phase === 'lost')) return [];
  return [
    after.phase === 'lost'
      ? text('The engine does not answer.', '引擎沒有回應。')
      : text('The engine answers again.', '引擎恢復回應了。'),
  ];
}

function faultTexts({ fileFault: before }: LearnPageState, { fileFault: after }: LearnPageState): readonly Text[] {
  if (before?.seen.en === after?.seen.en) return [];
  if (!after) return [text('The Compose file has no fault any more.', 'Compose 檔已經沒有錯誤。')];
  const { seen, tryNext } = after;
  return [
    textOf((words, lang) => {
      const help = tryNext ? `${words.semicolon}${words.tryNext}${words.colon}${tryNext[lang]}` : '';
      return `${words.fault}${words.colon}${seen[lang]}${help}`;
    }),
  ];
}

const noteTexts = (before: { readonly note?: Text } | undefined, { note }: { readonly note?: Text }): readonly Text[] =>
  note && note.en !== before?.note?.en ? [note] : [];

function classTexts({ class: before }: Known, { class: after }: Known): readonly Text[] {
  if (!before || !after) return [];
  if (before.phase !== after.phase)
    return [
      {
        connected: text('Connected to the class again.', '已重新連線到班級。'),
        away: text('The class is not reachable. You can go on.', '無法連線到班級，你可以繼續練習。'),
        ended: text('The class has ended. You can go on.', '班級已結束，你可以繼續練習。'),
        refused: after.why ?? text('The class was left.', '已離開班級。'),
      }[after.phase],
    ];
  if (before.help === after.help) return [];
  return [after.help ? text('You are asking for help.', '正在請求協助。') : text('You no longer ask for help.', '已取消求助。')];
}

function markTexts(before: CheckState | undefined, { mark, claim, verdict }: CheckState): readonly Text[] {
  if (!before) return [];
  if (verdict?.outcome === 'errored' && before.verdict?.outcome !== 'errored') return [notJudged(claim)];
  if (before.mark === mark) return [];
  if (mark === 'passed') return [text(`True: ${claim.en}`, `成立：${claim['zh-TW']}`)];
  if (mark === 'lost') return [text(`No longer true: ${claim.en}`, `不再成立：${claim['zh-TW']}`)];
  return [];
}

const notJudged = (claim: Text): Text => text(`Could not be judged: ${claim.en}`, `無法判斷：${claim['zh-TW']}`);

function runTexts({ run: before }: Known, { run: after, content }: Known): readonly Text[] {
  if (!after || before === after) return [];
  const begins = after.at !== undefined && after.at !== before?.at ? [stepText(content, after.at)] : [];
  const paused = after.phase === 'paused' && before?.phase !== 'paused' ? [text('Paused.', '已暫停。')] : [];
  const finished = after.phase === 'finished' && before?.phase !== 'finished' ? [text('The run has ended.', '執行結束了。')] : [];
  const judged = before?.at === after.at ? after.checks.flatMap((check) => verdictTexts(before?.checks ?? [], check)) : [];
  return [...begins, ...judged, ...noteTexts(before, after), ...paused, ...finished];
}

function verdictTexts(before: readonly RunCheck[], { id, claim, verdict }: RunCheck): readonly Text[] {
  if (!verdict || before.find((one) => one.id === id)?.verdict) return [];
  switch (verdict.outcome) {
    case 'passed':
      return [text(`True: ${claim.en}`, `成立：${claim['zh-TW']}`)];
    case 'failed':
      return [text(`Not true: ${claim.en}`, `不成立：${claim['zh-TW']}`)];
    case 'errored':
      return [notJudged(claim)];
    case 'skipped':
      return [text(`Skipped: ${claim.en}`, `已略過：${claim['zh-TW']}`)];
  }
}
