import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { workerLine } from '../../../../src/cli/output/worker-lines.ts';
import type { WorkerEvent } from '../../../../src/grade/queue/worker.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { type Text, text } from '../../../../src/lab/text.ts';

const shown = (event: WorkerEvent): Text | undefined => workerLine(event, 'redis://10.0.0.5:6379');

const lines: readonly (readonly [WorkerEvent, Text])[] = [
  [
    { kind: 'waiting' },
    text('Waiting for a class on redis://10.0.0.5:6379. Ctrl-C ends.', '等待 redis://10.0.0.5:6379 上的班級。按 Ctrl-C 結束。'),
  ],
  [{ kind: 'class', host: 'desk' }, text('Class of desk: preparing the engine', 'desk 的班級：正在準備引擎')],
  [
    { kind: 'other-version', host: 'desk', version: '0.0.9' },
    text(
      'The class of desk is not graded here: its labwright (0.0.9) differs from the one here. Install the same one on both machines.',
      '這裡不替 desk 的班級評分：它的 labwright（0.0.9）和這裡的不同。請在兩台機器安裝相同的版本。',
    ),
  ],
  [{ kind: 'reference', failed: false }, text('The reference solution passed', '參考解答通過')],
  [{ kind: 'reference', failed: true }, text('The reference solution failed on this machine', '參考解答在這台機器上沒有通過')],
  [{ kind: 'ready', slots: 3 }, text('Grading, 3 at a time', '開始評分，同時進行 3 份')],
  [{ kind: 'graded', done: 7, tookMs: 3_456 }, text('7 graded, the last one in 3.5 s', '已評 7 份，最後一份花了 3.5 秒')],
  [
    { kind: 'unfit', error: new LabError('E_DISK_FULL', text('the disk is full', '磁碟已滿'), text('free space', '請清出空間')) },
    text(
      "This machine can't grade the class: the disk is full\nhint: free space",
      '這台機器無法替這個班級評分：磁碟已滿\n提示：請清出空間',
    ),
  ],
  [{ kind: 'ended', grades: 1 }, text('The class ended; 1 submission graded here', '班級評分結束；這裡評了 1 份作業')],
  [{ kind: 'ended', grades: 12 }, text('The class ended; 12 submissions graded here', '班級評分結束；這裡評了 12 份作業')],
];

for (const [event, expected] of lines)
  test(`a worker reports ${JSON.stringify(event).slice(0, 60)}`, () => assert.equal(shown(event), expected));

test.run();
