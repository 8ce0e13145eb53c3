import { type Text, text } from '../../../../lab/text.ts';
import type { CheckState } from '../../../state.ts';
import type { ClassPageState, LearnPageState, RunCheck, RunPageState } from '../../protocol.ts';

/** What a screen reader says. `id` grows. */
export interface Announcement {
  readonly id: number;
  readonly text: Text;
}

/** The part of the page's state that is announced. */
interface Known {
  readonly connection: 'connecting' | 'open' | 'lost' | 'ended';
  readonly learn?: LearnPageState;
  readonly class?: ClassPageState;
  readonly run?: RunPageState;
}

/** What is worth saying about a change: of the connection, of checks, of a step. */
export function announced(before: Known, after: Known): readonly Text[] {
  return [
    ...connectionTexts(before, after),
    ...learnTexts(before, after),
    ...classTexts(before, after),
    ...runTexts(before, after),
  ];
}

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

function learnTexts({ learn: before }: Known, { learn: after }: Known): readonly Text[] {
  if (!before || !after || before === after) return [];
  if (before.at !== after.at) return [text(`Step ${after.at} begins.`, `步驟 ${after.at} 開始。`)];
  const passes = (after.phase === 'passed' || after.phase === 'finished') && before.phase !== after.phase;
  const lost = after.phase === 'lost' && before.phase !== 'lost';
  return [
    ...after.checks.flatMap((check) => markTexts(before.checks.find(({ id }) => id === check.id)?.mark, check)),
    ...(passes ? [text('The step has passed.', '這一步通過了。')] : []),
    ...(lost ? [text('The engine does not answer.', '引擎沒有回應。')] : []),
    ...(after.note && after.note.en !== before.note?.en ? [after.note] : []),
  ];
}

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
  return [after.help ? text('You ask for help.', '正在請求協助。') : text('You do not ask for help any more.', '已取消協助。')];
}

function markTexts(before: CheckState['mark'] | undefined, { mark, claim }: CheckState): readonly Text[] {
  if (before === undefined || before === mark) return [];
  if (mark === 'passed') return [text(`True: ${claim.en}`, `成立：${claim['zh-TW']}`)];
  if (mark === 'lost') return [text(`No longer true: ${claim.en}`, `不再成立：${claim['zh-TW']}`)];
  return [];
}

function runTexts({ run: before }: Known, { run: after }: Known): readonly Text[] {
  if (!after || before === after) return [];
  const begins =
    after.at !== undefined && after.at !== before?.at ? [text(`Step ${after.at} begins.`, `步驟 ${after.at} 開始。`)] : [];
  const paused = after.phase === 'paused' && before?.phase !== 'paused' ? [text('Paused.', '已暫停。')] : [];
  const finished = after.phase === 'finished' && before?.phase !== 'finished' ? [text('The run has ended.', '執行結束了。')] : [];
  const judged = before?.at === after.at ? after.checks.flatMap((check) => verdictTexts(before?.checks ?? [], check)) : [];
  return [...begins, ...judged, ...paused, ...finished];
}

function verdictTexts(before: readonly RunCheck[], { id, claim, verdict }: RunCheck): readonly Text[] {
  if (!verdict || before.find((one) => one.id === id)?.verdict) return [];
  if (verdict.outcome === 'passed') return [text(`True: ${claim.en}`, `成立：${claim['zh-TW']}`)];
  if (verdict.outcome === 'failed') return [text(`Not true: ${claim.en}`, `不成立：${claim['zh-TW']}`)];
  return [];
}
