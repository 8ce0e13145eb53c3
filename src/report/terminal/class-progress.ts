import type { Lang } from '../../lab/text.ts';
import { elapsed, type pad, padStart, truncate, widthOf } from './layout.ts';
import { liveRegion } from './live-region.ts';
import type { Screen } from './screen.ts';

/** The progress of a class. */
export interface ClassState {
  readonly queued: number;
  /** Names of the submissions being graded. */
  readonly running: readonly string[];
  /** The reference solution is being graded too. */
  readonly control: boolean;
  readonly done: number;
  readonly review: number;
  /** Other machines that grade; left out: none does. */
  readonly workers?: readonly { readonly host: string; readonly stage: string; readonly running: readonly string[] }[];
  /** Those of `done` whose grades were known before. */
  readonly known: number;
}

const words = {
  en: {
    heads: { done: 'done', running: 'running', queued: 'queued', review: 'needs review', rate: 'a minute', left: 'left' },
    at: (names: string) => `grading ${names}`,
    control: 'the reference solution',
    preparing: 'preparing',
    unfit: 'does not grade',
    idle: 'idle',
    noWorker: 'no worker',
    minute: 'm',
    second: 's',
  },
  'zh-TW': {
    heads: { done: '完成', running: '進行中', queued: '等候', review: '需要人工確認', rate: '每分鐘', left: '剩餘時間' },
    at: (names: string) => `正在評分：${names}`,
    control: '參考解答',
    preparing: '準備中',
    unfit: '不評分',
    idle: '閒置',
    noWorker: '沒有 worker',
    minute: '分',
    second: '秒',
  },
} as const;

/** Estimates the remaining time from the submissions graded so far; grades known before do not count. Undefined: none was graded yet. */
export function rateOf(
  { done, known, queued, running }: ClassState,
  ms: number,
): { perMinute: number; leftMs: number } | undefined {
  const fresh = done - known;
  if (fresh === 0 || ms <= 0) return undefined;
  const perMinute = fresh / (ms / 60_000);
  return { perMinute, leftMs: ((queued + running.length) / perMinute) * 60_000 };
}

/** The table below the printed lines: a heading, a row, and the submissions being graded. */
export function renderClass(
  state: ClassState,
  ms: number,
  { lang, columns, paint }: Pick<Screen, 'columns' | 'paint'> & { lang: Lang },
): string[] {
  const { heads, at, control, minute, second, ...stages } = words[lang];
  const rate = rateOf(state, ms);
  const cells: readonly (readonly [string, string])[] = [
    [heads.done, String(state.done)],
    [heads.running, String(state.running.length)],
    [heads.queued, String(state.queued)],
    [heads.review, String(state.review)],
    [heads.rate, rate ? rate.perMinute.toFixed(rate.perMinute < 10 ? 1 : 0) : '–'],
    [heads.left, rate ? elapsed(rate.leftMs, minute, second) : '–'],
  ];
  const widths = cells.map(([head, value]) => Math.max(widthOf(head), widthOf(value)));
  const row = (pick: 0 | 1, fill: typeof pad) => cells.map((cell, at) => fill(cell[pick], widths[at] ?? 0)).join('   ');
  const graded = [...(state.control ? [control] : []), ...state.running];
  const [comma, colon] = lang === 'en' ? [', ', ': '] : ['、', '：'];
  const doing = (worker: NonNullable<ClassState['workers']>[number]) =>
    worker.stage === 'preparing' || worker.stage === 'unfit' ? stages[worker.stage] : worker.running.join(comma) || stages.idle;
  const workers = state.workers?.map((worker) => `${worker.host}${colon}${doing(worker)}`);
  if (workers?.length === 0) workers.push(stages.noWorker);
  const names = graded.length > 0 ? at(graded.join(comma)) : '';
  return [
    '',
    `  ${paint.dim(truncate(row(0, padStart), columns - 3))}`,
    `  ${truncate(row(1, padStart), columns - 3)}`,
    ...(workers ?? (names ? [names] : [])).map((line) => `  ${paint.dim(truncate(line, columns - 3))}`),
  ];
}

/** Prints lines that stay and, on a terminal, keeps the table below them. */
export interface ClassProgressScreen {
  printLine(line: string): void;
  update(state: ClassState): void;
  close(): void;
}

export function createClassProgress(screen: Screen, lang: Lang, now: () => number): ClassProgressScreen {
  const startedMs = now();
  if (!screen.interactive) return { printLine: (line) => screen.write(`${line}\n`), update: () => {}, close: () => {} };
  const region = liveRegion(screen);
  let state: ClassState | undefined;
  const draw = () => {
    if (!state) return;
    region.show(renderClass(state, now() - startedMs, { lang, columns: screen.columns, paint: screen.paint }));
  };
  const timer = setInterval(draw, 500).unref();
  return {
    printLine: (line) => {
      region.clear();
      screen.write(`${line}\n`);
      draw();
    },
    update: (next) => {
      state = next;
      draw();
    },
    close: () => {
      clearInterval(timer);
      region.end();
    },
  };
}
