import type { Lang } from '../../lab/text.ts';
import type { Wall, WallEvent, WallLearner } from '../../learn/class/wall.ts';
import { wallView } from '../../learn/class/wall.ts';
import { minutesSince, wallWords } from '../../learn/class/wall-words.ts';
import { bar, padStart, truncate } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';

export interface WallLinesOptions {
  readonly paint: Screen['paint'];
  readonly lang: Lang;
  readonly columns: number;
  /** The most lines. */
  readonly rows: number;
  readonly keys: readonly string[];
  readonly now: number;
}

/** The wall on a terminal: who asks for help, who may be stuck, and how many are at each step that has learners. */
export function wallLines(wall: Wall, { paint, lang, columns, rows, keys, now }: WallLinesOptions): string[] {
  const words = wallWords(lang);
  if (wall.length === 0) return [words.empty];
  const view = wallView(wall, keys, now);
  const totals = [
    words.here(view.here),
    ...(view.finished > 0 ? [words.finished(view.finished)] : []),
    ...(view.away > 0 ? [words.away(view.away)] : []),
  ];
  const waiting = (learners: readonly WallLearner[], since: (one: WallLearner) => number) =>
    learners.map((one) =>
      truncate(`  ${one.nickname}  ${one.at ?? ''}  ${words.minutes(minutesSince(since(one), now))}`, columns - 1),
    );
  const most = Math.max(1, ...view.steps.map(({ learners }) => learners.length));
  const steps = view.steps
    .filter(({ learners }) => learners.length > 0)
    .map(({ key, learners }) =>
      truncate(`${padStart(String(learners.length), 4)}  ${bar(learners.length, most, 20)}  ${key}`, columns - 1),
    );
  const lines = [
    paint.bold(totals.join(' · ')),
    ...(view.asking.length > 0
      ? [paint.yellow(words.asking), ...waiting(view.asking, ({ helpSince = 0 }) => helpSince).map(paint.yellow)]
      : []),
    ...steps,
    ...(view.still.length > 0 ? [paint.dim(words.still), ...waiting(view.still, ({ movedAt }) => movedAt).map(paint.dim)] : []),
  ];
  return lines.length <= rows ? lines : [...lines.slice(0, rows - 1), '…'];
}

/** A line for an event, where the output is plain lines; undefined: the event needs none. `before`: the learner before it. */
export function wallEventLine(event: WallEvent, before: WallLearner | undefined, lang: Lang): string | undefined {
  const name = event.kind === 'joined' ? event.nickname : (before?.nickname ?? '');
  const en = lang === 'en';
  if (event.kind === 'joined') return en ? `${name} has joined` : `${name} 加入了`;
  if (event.kind === 'left') return en ? `${name} has left` : `${name} 離開了`;
  if (event.kind !== 'state') return undefined;
  const { at, help, passed, steps, phase } = event.state;
  if (help && before?.helpSince === undefined) return en ? `${name} asks for help at ${at}` : `${name} 在 ${at} 請求協助`;
  if (!help && before?.helpSince !== undefined) return en ? `${name} does not ask for help any more` : `${name} 不再需要協助`;
  if (phase === 'finished' && before?.phase !== 'finished') return en ? `${name} has finished` : `${name} 完成了`;
  if (at === before?.at && passed === before.passed) return undefined;
  return en ? `${name} is at ${at}, ${passed} of ${steps} passed` : `${name} 在 ${at}，已通過 ${passed}/${steps}`;
}
