import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { queueNoteLine, queueStartLine, stabilityLine } from '../../../../src/cli/output/queue-lines.ts';
import type { QueueNote } from '../../../../src/grade/queue/notes.ts';
import { text } from '../../../../src/lab/text.ts';

const queue = 'redis://10.0.0.5:6379';
const both = (note: QueueNote): readonly [string, string] => {
  const { en, 'zh-TW': chinese } = queueNoteLine(note, queue);
  return [en, chinese ?? ''];
};
const why = text('the disk is full', '磁碟已滿');

test('the first line says where the class is graded, and whether the queue is encrypted', () => {
  const encrypted = queueStartLine({ submissions: 30 }, { shown: queue, encrypted: true });
  assert.equal(encrypted, text(`Grading 30 submissions on the workers of ${queue} (encrypted)`, encrypted['zh-TW'] ?? ''));
  assert.is(encrypted['zh-TW'], `30 份作業由 ${queue} 的 worker 評分（已加密）`);
  const local = queueStartLine({ submissions: 1 }, { shown: 'unix:/run/q.sock', encrypted: false });
  assert.is(local.en, 'Grading 1 submission on the workers of unix:/run/q.sock (not encrypted: the queue is on this machine)');
  assert.is(local['zh-TW'], '1 份作業由 unix:/run/q.sock 的 worker 評分（不加密：佇列就在這台機器上）');
});

test('a worker comes, proves itself, and leaves', () => {
  assert.equal(both({ kind: 'joined', host: 'lab2', slots: 0 }), [
    'worker on lab2: preparing its engine',
    'lab2 上的 worker：正在準備引擎',
  ]);
  assert.equal(both({ kind: 'joined', host: 'lab2', slots: 4 }), [
    'worker on lab2: 4 at a time',
    'lab2 上的 worker：同時進行 4 份',
  ]);
  assert.equal(both({ kind: 'proved', host: 'lab2' }), [
    'worker on lab2: the reference solution passed, it grades now',
    'lab2 上的 worker：參考解答通過，開始評分',
  ]);
  assert.equal(both({ kind: 'left', host: 'lab2' }), [
    'worker on lab2: gone; what it was grading goes to another worker',
    'lab2 上的 worker：已離開；進行中的作業會交給其他 worker',
  ]);
});

test('a worker that does not grade is named with the reason, and grades that do not count with their number', () => {
  assert.equal(both({ kind: 'unfit', host: 'lab2', why }), [
    'worker on lab2 does not grade: the disk is full',
    'lab2 上的 worker 不評分：磁碟已滿',
  ]);
  const sent = { code: 'E_CONTROL', text: why, hint: text('look', '看看') } as const;
  const [one, oneChinese] = both({ kind: 'disproved', host: 'lab2', why: sent, withdrawn: 1 });
  assert.is(one, 'worker on lab2: the reference solution failed there, so 1 grade is graded again elsewhere (the disk is full)');
  assert.is(oneChinese, 'lab2 上的 worker：參考解答在那裡沒有通過，1 份成績會由其他 worker 重新評分（磁碟已滿）');
  assert.match(both({ kind: 'disproved', host: 'lab2', why: sent, withdrawn: 3 })[0], 'so 3 grades are graded again');
  // none is withdrawn: nothing is graded again
  assert.equal(both({ kind: 'disproved', host: 'lab2', why: sent, withdrawn: 0 }), [
    'worker on lab2 does not grade: the reference solution failed there (the disk is full)',
    'lab2 上的 worker 不評分：參考解答在那裡沒有通過（磁碟已滿）',
  ]);
  assert.equal(both({ kind: 'unconfirmed', withdrawn: 2 }), [
    '2 grades are graded again: their worker disappeared before it passed the reference solution again',
    '2 份成績會重新評分：評分的 worker 在再次通過參考解答之前中斷了',
  ]);
});

test('waiting names the command for another machine; no progress names what runs', () => {
  const [english, chinese] = both({ kind: 'waiting', forMs: 5_400 });
  assert.match(english, `waiting for a worker (5 s): run \`lab worker --queue ${queue}\` on a machine`);
  assert.match(chinese, `已等候 worker 5 秒：請在一台機器上執行 \`lab worker --queue ${queue}\``);
  const running = [
    { host: 'lab2', name: 'ann', forMs: 130_000 },
    { host: 'lab3', name: 'bob', forMs: 90_000 },
  ];
  assert.equal(both({ kind: 'stuck', forMs: 120_000, running }), [
    'no progress for 120 s; lab2: ann (130 s), lab3: bob (90 s)',
    '120 秒沒有進度；lab2：ann（130 秒）、lab3：bob（90 秒）',
  ]);
  assert.equal(both({ kind: 'stuck', forMs: 120_000, running: [] }), [
    'no progress for 120 s; no worker has a job',
    '120 秒沒有進度；沒有 worker 在評分',
  ]);
});

test('the server is away and back', () => {
  assert.equal(both({ kind: 'lost' }), [
    `the queue ${queue} does not answer; waiting for it, decided grades are kept`,
    `佇列 ${queue} 沒有回應；等待中，已評好的成績都會保留`,
  ]);
  assert.equal(both({ kind: 'back', afterMs: 3_000, sentAgain: 1 }), [
    'the queue answers again after 3 s; 1 submission sent again',
    '佇列在 3 秒後恢復回應；重新傳送 1 份作業',
  ]);
  assert.match(both({ kind: 'back', afterMs: 3_000, sentAgain: 0 })[0], '; 0 submissions sent again');
});

test('the stability of grades: none, all equal, and different ones by name', () => {
  assert.is(stabilityLine({ compared: 0, equal: 0, different: [], dropped: 0 }), undefined);
  assert.equal(
    stabilityLine({ compared: 0, equal: 0, different: [], dropped: 2 }),
    text('Grade stability: no submission was graded twice', '成績穩定度：沒有作業由兩個 worker 評分'),
  );
  assert.equal(
    stabilityLine({ compared: 1, equal: 1, different: [], dropped: 0 }),
    text(
      'Grade stability: 1 of 1 submission graded on two workers got the same grade (100 %)',
      '成績穩定度：由兩個 worker 評分的 1 份作業中，1 份成績相同（100%）',
    ),
  );
  assert.equal(
    stabilityLine({ compared: 4, equal: 3, different: ['ann'], dropped: 1 }),
    text(
      'Grade stability: 3 of 4 submissions graded on two workers got the same grade (75 %); different: ann',
      '成績穩定度：由兩個 worker 評分的 4 份作業中，3 份成績相同（75%）；不同的：ann',
    ),
  );
});

test.run();
