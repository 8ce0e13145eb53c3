import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { isFundamental, workingAfter } from '../../../../src/grade/substitution/working.ts';
import { text } from '../../../../src/lab/text.ts';
import { performed, type Said } from '../../../fixtures/graded.ts';
import { ended, seen } from '../../../fixtures/substitution.ts';

const rubric = { foundation: ['up/flask-has-1-replica', 'up/redis-has-1-replica'], works: ['single/hostname-is-the-replicas'] };
const after = (steps: number, otherwise: Readonly<Record<string, Said>> = {}) => performed(nginx, otherwise).slice(0, steps);
const silent = { 'single/hostname-is-the-replicas': 'failed' } as const;

test('a stack works if the foundation holds and requests get through; before that step it is open', () => {
  const working = (...done: Parameters<typeof after>) => workingAfter(rubric, nginx, after(...done));
  assert.equal([working(1), working(2), working(5)], ['open', 'works', 'works']);
  assert.is(working(1, { 'up/redis-has-1-replica': 'failed' }), 'fails');
  assert.is(working(2, silent), 'fails');
  assert.is(working(5, { 'scale/flask-has-3-replicas': 'failed' }), 'works', 'a later check');
  const stopped = [{ step: 'up', results: [], stopped: { text: text('no', '否') } }];
  assert.is(workingAfter(rubric, nginx, stopped), 'fails', 'a command failed');
});

test('fundamental: a service does not run, or nothing comes back; not an answer that is wrong, nor an exceeded limit', () => {
  const is = (evidence: ReturnType<typeof seen>, otherwise: Readonly<Record<string, Said>> = silent) =>
    isFundamental(rubric, nginx, after(2, otherwise), evidence);
  assert.ok(is(seen({ redis: ended() }, { status: 200 }), { 'up/redis-has-1-replica': 'failed' }));
  assert.ok(is(seen({}, { status: 502 })));
  assert.ok(is(seen({}, { status: 0 })));
  assert.not(is(seen({}, { status: 200 })));
  assert.not(is(seen({}, { status: 404 })));
  const { status: _, ...withoutProxy } = seen({ redis: ended() });
  assert.ok(is(withoutProxy));
  const late = [{ step: 'up', results: [], stopped: { text: text('no end', '沒有結束'), exceeded: true } }] as const;
  assert.not(isFundamental(rubric, nginx, late, seen()));
});

test.run();
