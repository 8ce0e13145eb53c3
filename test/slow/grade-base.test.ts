// time limit: 960 s
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { differences, type ExpectedGrade } from '../fixtures/class-expected.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { repeats } from '../helpers/repeats.ts';

/** Grades the labs on the base stack as a separate assignment. */

type Edit = readonly [file: string, from: string, to: string];
const compose = 'compose.yaml';
const app = 'flask/app.py';
const wholeClient = '\n  client:\n    image: nicolaka/netshoot:v0.13\n    init: true\n    command: sleep infinity\n';
const rename = 'echo 127.0.0.1 flask >>/etc/hosts && echo nameserver 127.0.0.1 >/etc/resolv.conf';
const hostname = { 'talk/flask-answers-with-its-hostname': 22 };
const graded = (lost: Readonly<Record<string, number>>, says: RegExp) => ({ status: 'graded', lost, says }) as const;

/** The changes of each student to the reference solution, and the expected grade. */
const all: Readonly<Record<string, { edits: readonly Edit[]; expected: Omit<ExpectedGrade, 'name'> }>> = {
  right: { edits: [], expected: { status: 'graded' } },
  'no-hostname': {
    edits: [[app, ' and my hostname is {name}', '']],
    expected: graded(hostname, /"Hello Container World! I have been seen \d+ times\.\s*" \| .*socket\.gethostname\(\)/),
  },
  // flask does not answer the client, but can still be scaled
  'only-on-loopback': {
    edits: [['flask/Dockerfile', ', "--host", "0.0.0.0"', '']],
    expected: graded(
      { 'up/flask-is-ready': 1, 'talk/flask-answers-with-its-hostname': 21 },
      /it must listen on 0\.0\.0\.0 \(not on 127\.0\.0\.1\), port 5000/,
    ),
  },
  'no-client': {
    edits: [[compose, wholeClient, '']],
    expected: { status: 'graded', deductions: { 'cause/client': 15 }, says: /There is no service client\./ },
  },
  'client-ends': {
    edits: [[compose, '    command: sleep infinity\n', '']],
    expected: {
      status: 'graded',
      deductions: { 'cause/client': 15 },
      says: /^the service client in compose\.yaml is the cause: /,
    },
  },
  // the client's own name resolution affects only the client
  'client-that-renames': {
    edits: [[compose, 'command: sleep infinity', `command: sh -c '${rename} && exec sleep infinity'`]],
    expected: graded(
      { 'talk/flask-was-asked': 4 },
      /a request to flask from a container \| `curl -sS flask:5000` failed with exit code 7/,
    ),
  },
  // an image without the tools to send requests
  'client-of-another-image': {
    edits: [[compose, 'nicolaka/netshoot:v0.13', 'redis:8.0']],
    expected: graded(
      { 'talk/flask-was-asked': 4 },
      /a request to flask from a container \| `curl -sS flask:5000` has not ended, or could not be started/,
    ),
  },
  'counter-in-memory': {
    edits: [
      [app, 'count = redis.incr("hits")', 'global hits\n    hits += 1\n    count = hits'],
      [app, 'app = Flask', 'hits = 0\napp = Flask'],
    ],
    expected: graded({ 'curl/counter-is-shared': 16 }, /numbers that rise .* \| \d+, then \d+ \| .*one Redis/),
  },
  'container-name': {
    edits: [[compose, 'build: ./flask', 'build: ./flask\n    container_name: flask']],
    expected: {
      status: 'graded',
      deductions: { 'container_name/flask': 18 },
      says: /`container_name` allows one container only/,
    },
  },
  published: {
    edits: [[compose, 'build: ./flask', 'build: ./flask\n    ports: ["5000:5000"]']],
    expected: { status: 'graded', deductions: { 'fixed-port/flask': 18 }, says: /the host port in 5000:5000 is fixed/ },
  },
  'published-on-a-range': {
    edits: [[compose, 'build: ./flask', 'build: ./flask\n    ports: ["5000-5002:5000"]']],
    expected: graded({ 'up/no-port-is-published': 4 }, /flask .*:5000→5000 \| remove `ports:`/),
  },
  'networks-of-their-own': {
    edits: [
      [compose, 'build: ./flask', 'build: ./flask\n    networks: [default, data]'],
      [compose, 'image: redis:8.0', 'image: redis:8.0\n    networks: [data]'],
      [compose, wholeClient, `${wholeClient}\nnetworks:\n  data:\n`],
    ],
    expected: graded({ 'up/all-on-the-default-network': 11 }, /redis-server on data/),
  },
};
/** CI grades every fourth, the right one among them. */
const submissions = Object.fromEntries(Object.entries(all).filter((_, at) => at % repeats(1, 4) === 0));

const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const reference = (stack: string) => join(assets, 'compose-scale', stack);
const baseRubric = join(root, 'labs/compose-scale/rubrics/rubric-base.yaml');
const bookIn = (out: string): Gradebook => JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));

const test = suite<{ dir: string; book: Gradebook; ended: Ended }>('the base labs');

// a test instead of `before`, because uvu does not show errors of `before`
test('the class is graded with the base rubric, exit 3', async (it) => {
  await (await gradingEngine()).engine.api.close();
  it.dir = folder();
  for (const [student, { edits }] of Object.entries(submissions)) {
    cpSync(reference('base'), join(it.dir, student), { recursive: true });
    for (const [file, from, to] of edits) {
      const path = join(it.dir, student, file);
      const before = readFileSync(path, 'utf8');
      assert.ok(before.includes(from), `${student}: ${file} has no ${from}`);
      writeFileSync(path, before.replace(from, to));
    }
  }
  cpSync(reference('nginx'), join(it.dir, 'nginx-only'), { recursive: true });
  for (const stack of ['base', 'nginx']) cpSync(reference(stack), join(it.dir, 'both', stack), { recursive: true });
  const out = join(folder(), 'out');
  it.ended = await runBin(['grade', it.dir, '--rubric', baseRubric, '--out', out], env);
  // one is refused
  assert.is(it.ended.exitCode, 3, it.ended.stderr + it.ended.stdout);
  assert.not.match(it.ended.stderr, /^error E_/m);
  assert.not.match(it.ended.stderr, /Warning/, it.ended.stderr);
  it.book = bookIn(out);
});

test('each submission gets the expected grade', ({ book }) => {
  assert.equal(book.entries.map(({ student }) => student.id).sort(), [...Object.keys(submissions), 'both', 'nginx-only'].sort());
  const wrong = Object.entries(submissions).flatMap(([name, { expected }]) => {
    const grade = book.entries.find(({ student }) => student.id === name)?.grade;
    return grade ? differences(grade, { name, ...expected }).map((one) => `${name}: ${one}`) : [name];
  });
  assert.is(wrong.join('\n'), '');
});

test('in a right submission, all checks pass, including those without points', ({ book }) => {
  const right = book.entries.find(({ student }) => student.id === 'right');
  assert.equal(
    right?.grade.checks.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id),
    [],
  );
  assert.is(right?.grade.points, 100);
});

test('a submission of another stack is refused, not graded with zero; of both stacks, the base one is graded', ({
  book,
  ended,
}) => {
  const other = book.entries.find(({ student }) => student.id === 'nginx-only')?.grade;
  assert.equal([other?.status, other?.points, other?.refusals.map(({ code }) => code)], ['refused', null, ['another-stack']]);
  assert.match(ended.stdout, /nginx-only +– +refused +this is not the stack of flask, redis-server, client, but one with nginx/);
  const both = book.entries.find(({ student }) => student.id === 'both');
  assert.is(both?.grade.points, 100);
  // the hash covers only the files of the graded stack
  assert.is(both?.hash, book.entries.find(({ student }) => student.id === 'right')?.hash);
});

test('with the nginx rubric, the nginx folder is graded', async ({ dir }) => {
  const out = join(folder(), 'out');
  const ended = await runBin(['grade', join(dir, 'both'), '--out', out], env);
  assert.is(ended.exitCode, 0, ended.stderr + ended.stdout);
  const { entries, title } = bookIn(out);
  assert.equal(
    entries.map(({ student, grade }) => [student.id, grade.points]),
    [['both', 100]],
  );
  assert.ok(entries[0]?.grade.checks.some(({ id }) => id === 'up/nginx-has-1-replica'));
  assert.match(title.en, /nginx/i);
});

test.run();
