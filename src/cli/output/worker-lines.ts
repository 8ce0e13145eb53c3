import type { WorkerEvent } from '../../grade/queue/worker.ts';
import { type Text, text } from '../../lab/text.ts';

/** One line for what a worker does; undefined: nothing to report. Names no student. */
export function workerLine(event: WorkerEvent, queue: string): Text | undefined {
  switch (event.kind) {
    case 'waiting':
      return text(`Waiting for a class on ${queue}. Ctrl-C ends.`, `等待 ${queue} 上的班級。按 Ctrl-C 結束。`);
    case 'class':
      return text(`Class of ${event.host}: preparing the engine`, `${event.host} 的班級：正在準備引擎`);
    case 'other-version':
      return text(
        `The class of ${event.host} is not graded here: its labwright (${event.version}) differs from the one here. Install the same one on both machines.`,
        `這裡不替 ${event.host} 的班級評分：它的 labwright（${event.version}）和這裡的不同。請在兩台機器安裝相同的版本。`,
      );
    case 'reference':
      return event.failed
        ? text('The reference solution failed on this machine', '參考解答在這台機器上沒有通過')
        : text('The reference solution passed', '參考解答通過');
    case 'ready':
      return text(`Grading, ${event.slots} at a time`, `開始評分，同時進行 ${event.slots} 份`);
    case 'graded':
      return text(
        `${event.done} graded, the last one in ${(event.tookMs / 1000).toFixed(1)} s`,
        `已評 ${event.done} 份，最後一份花了 ${(event.tookMs / 1000).toFixed(1)} 秒`,
      );
    case 'unfit':
      return text(
        `This machine can't grade the class: ${event.error.text.en}\nhint: ${event.error.hint.en}`,
        `這台機器無法替這個班級評分：${event.error.text['zh-TW']}\n提示：${event.error.hint['zh-TW']}`,
      );
    case 'ended':
      return text(
        `The class ended; ${event.grades === 1 ? '1 submission' : `${event.grades} submissions`} graded here`,
        `班級評分結束；這裡評了 ${event.grades} 份作業`,
      );
  }
}
