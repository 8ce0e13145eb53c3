import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import type { StackSpec } from '../../../../src/lab/stack.ts';
import { movedPort, tutorialAtPort } from '../../../../src/run/learner/tutorial-at-port.ts';

const nginx = composeScale.stacks['nginx'] as StackSpec;
const at = (hostPort: number) => ({
  stack: 'nginx',
  spec: { ...nginx, ...(nginx.published ? { published: { ...nginx.published, hostPort } } : {}) },
});
/** All that a learner reads of the labs of a stack. */
const textsOf = (tutorial: typeof composeScale, stack: string): string =>
  JSON.stringify(
    tutorial.labs
      .filter((lab) => lab.stack === stack)
      .map(({ steps }) => steps.map(({ title, teach, prose, hints, task, recap }) => [title, teach, prose, hints, task, recap])),
  );

test('every text of the shipped tutorial has the port of the learner', () => {
  const before = textsOf(composeScale, 'nginx');
  const after = textsOf(tutorialAtPort(composeScale, at(8123)), 'nginx');
  assert.ok(before.split('8000').length > 10);
  assert.ok(after === before.replaceAll('8000', '8123'), after.match(/.{40}8000.{40}/)?.[0]);
});

test('at its own port, at one that the engine chooses, and in labs of other stacks, nothing changes', () => {
  assert.is(tutorialAtPort(composeScale, at(8000)), composeScale);
  assert.is(tutorialAtPort(composeScale, at(0)), composeScale);
  const moved = tutorialAtPort(composeScale, at(8123));
  assert.ok(composeScale.labs.some(({ stack }) => stack !== 'nginx'));
  for (const [n, lab] of composeScale.labs.entries()) if (lab.stack !== 'nginx') assert.is(moved.labs[n], lab);
});

test('an address of this machine and a number that is called a port change; any other number does not', () => {
  const cases = [
    ['curl http://localhost:8000/a 127.0.0.1:8000', 'curl http://localhost:9/a 127.0.0.1:9'],
    ['`curl localhost:8000`, as port 8000', '`curl localhost:9`, as port 9'],
    ['on port 8000: it answers', 'on port 9: it answers'],
    ['Port 80 is published as 8000.', 'Port 80 is published as 9.'],
    ['使用連接埠 8000：連接埠是 localhost 的 8000', '使用連接埠 9：連接埠是 localhost 的 9'],
    ['docker compose exec web curl localhost:8000', 'docker compose exec web curl localhost:8000'],
    ['curl web:8000; 8000 requests; port 80, 8000 times', 'curl web:8000; 8000 requests; port 80, 8000 times'],
    ['port 80001, localhost:80000, report 8000', 'port 80001, localhost:80000, report 8000'],
    ['ports: "8000:80"', 'ports: "8000:80"'],
  ] as const;
  for (const [written, moved] of cases) assert.is(movedPort(written, 8000, 9), moved);
});

test.run();
