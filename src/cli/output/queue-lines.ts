import type { QueueNote, Stability } from '../../grade/queue/notes.ts';
import type { GradingStart } from '../../grade/run-grading.ts';
import { type Text, text } from '../../lab/text.ts';

const seconds = (ms: number): number => Math.round(ms / 1000);

/** The first line of `lab grade --queue`. */
export function queueStartLine(
  { submissions }: Pick<GradingStart, 'submissions'>,
  { shown, encrypted }: { readonly shown: string; readonly encrypted: boolean },
): Text {
  const many = submissions === 1 ? '1 submission' : `${submissions} submissions`;
  return text(
    `Grading ${many} on the workers of ${shown} (${encrypted ? 'encrypted' : 'not encrypted: the queue is on this machine'})`,
    `${submissions} 份作業由 ${shown} 的 worker 評分（${encrypted ? '已加密' : '不加密：佇列就在這台機器上'}）`,
  );
}

/** One line for what happens to workers and the queue. */
export function queueNoteLine(note: QueueNote, queue: string): Text {
  switch (note.kind) {
    case 'joined':
      return note.slots === 0
        ? text(`worker on ${note.host}: preparing its engine`, `${note.host} 上的 worker：正在準備引擎`)
        : text(`worker on ${note.host}: ${note.slots} at a time`, `${note.host} 上的 worker：同時進行 ${note.slots} 份`);
    case 'proved':
      return text(
        `worker on ${note.host}: the reference solution passed, it grades now`,
        `${note.host} 上的 worker：參考解答通過，開始評分`,
      );
    case 'left':
      return text(
        `worker on ${note.host}: gone; what it was grading goes to another worker`,
        `${note.host} 上的 worker：已離開；進行中的作業會交給其他 worker`,
      );
    case 'unfit':
      return text(
        `worker on ${note.host} does not grade: ${note.why.en}`,
        `${note.host} 上的 worker 不評分：${note.why['zh-TW']}`,
      );
    case 'disproved':
      if (note.withdrawn === 0)
        return text(
          `worker on ${note.host} does not grade: the reference solution failed there (${note.why.text.en})`,
          `${note.host} 上的 worker 不評分：參考解答在那裡沒有通過（${note.why.text['zh-TW']}）`,
        );
      return text(
        `worker on ${note.host}: the reference solution failed there, so ${gradesOf(note.withdrawn)} graded again elsewhere (${note.why.text.en})`,
        `${note.host} 上的 worker：參考解答在那裡沒有通過，${note.withdrawn} 份成績會由其他 worker 重新評分（${note.why.text['zh-TW']}）`,
      );
    case 'unconfirmed':
      return text(
        `${gradesOf(note.withdrawn)} graded again: their worker disappeared before it passed the reference solution again`,
        `${note.withdrawn} 份成績會重新評分：評分的 worker 在再次通過參考解答之前中斷了`,
      );
    case 'waiting':
      return text(
        `waiting for a worker (${seconds(note.forMs)} s): run \`lab worker --queue ${queue}\` on a machine, with the same --class-key if this one has it`,
        `已等候 worker ${seconds(note.forMs)} 秒：請在一台機器上執行 \`lab worker --queue ${queue}\`（這裡有 --class-key 時，也要加上同一個）`,
      );
    case 'stuck': {
      const english = note.running.map(({ host, name, forMs }) => `${host}: ${name} (${seconds(forMs)} s)`).join(', ');
      const chinese = note.running.map(({ host, name, forMs }) => `${host}：${name}（${seconds(forMs)} 秒）`).join('、');
      return text(
        `no progress for ${seconds(note.forMs)} s; ${english || 'no worker has a job'}`,
        `${seconds(note.forMs)} 秒沒有進度；${chinese || '沒有 worker 在評分'}`,
      );
    }
    case 'lost':
      return text(
        `the queue ${queue} does not answer; waiting for it, decided grades are kept`,
        `佇列 ${queue} 沒有回應；等待中，已評好的成績都會保留`,
      );
    case 'back':
      return text(
        `the queue answers again after ${seconds(note.afterMs)} s; ${note.sentAgain === 1 ? '1 submission' : `${note.sentAgain} submissions`} sent again`,
        `佇列在 ${seconds(note.afterMs)} 秒後恢復回應；重新傳送 ${note.sentAgain} 份作業`,
      );
  }
}

const gradesOf = (count: number): string => (count === 1 ? '1 grade is' : `${count} grades are`);

/** How often two workers agreed; undefined: nothing was compared. */
export function stabilityLine({ compared, equal, different, dropped }: Stability): Text | undefined {
  if (compared + dropped === 0) return undefined;
  if (compared === 0) return text('Grade stability: no submission was graded twice', '成績穩定度：沒有作業由兩個 worker 評分');
  const share = Math.round((equal / compared) * 100);
  return text(
    `Grade stability: ${equal} of ${compared} ${compared === 1 ? 'submission' : 'submissions'} graded on two workers got the same grade (${share} %)${different.length > 0 ? `; different: ${different.join(', ')}` : ''}`,
    `成績穩定度：由兩個 worker 評分的 ${compared} 份作業中，${equal} 份成績相同（${share}%）${different.length > 0 ? `；不同的：${different.join('、')}` : ''}`,
  );
}
