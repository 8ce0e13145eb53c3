// time limit: 1800 s
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { clock } from '../../src/cli/clock.ts';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import type { GradingEngine } from '../../src/docker/embedded/grading-engine.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { withoutProxy } from '../../src/grade/build-network/build-network.ts';
import { gradeClass } from '../../src/grade/grade-class.ts';
import { openJournal } from '../../src/grade/journal.ts';
import { controlOf } from '../../src/grade/reference-solution.ts';
import { loadRubric, type Rubric, standardRubric } from '../../src/grade/rubric/rubric.ts';
import { findSubmissions } from '../../src/grade/submissions/find-submissions.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { runLabel } from '../../src/run/journal.ts';
import { type Ended, runBin, startBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { rejection } from '../helpers/rejection.ts';
import { openRelay } from '../helpers/relay.ts';
import { repeats } from '../helpers/repeats.ts';
import { addSubmission, comment, journalOf, privileged, redisReachable } from '../helpers/small-class.ts';

const test = suite<{ grading: GradingEngine }>('grade a class');

test.before(async (it) => {
  it.grading = await gradingEngine();
});
test.after(async ({ grading }) => {
  await grading.engine.api.close();
});

const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const rubricPath = standardRubric(composeScale);
const bookIn = (out: string): Gradebook => JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));
const entryOf = (out: string, student: string) => bookIn(out).entries.find((one) => one.student.id === student);
const pointsIn = (out: string) => bookIn(out).entries.map(({ student, grade }) => [student.id, grade.status, grade.points]);

/** Grades these submissions with a reference solution, and reports progress to `onProgress`. */
async function classOf(
  { engine, rootId, disk, named }: GradingEngine,
  dir: string,
  students: readonly string[],
  onProgress: (progress: ClassProgress) => void,
  jobs = 2,
): Promise<{ out: string; grading: Promise<unknown> }> {
  const { found } = await findSubmissions(students.map((student) => join(dir, student)));
  const lab = composeScale.labs.find(({ id }) => id === 'nginx');
  const stack = lab && composeScale.stacks[lab.stack];
  if (!lab || !stack || rootId === undefined || disk === undefined) throw new Error('no lab, or no grading engine');
  const rubric = await loadRubric(rubricPath, composeScale);
  const out = folder();
  const journal = await openJournal(out);
  const id = `class${process.pid}x${++classes}n`;
  let runs = 0;
  const grading = gradeClass({
    engine,
    images: named,
    // the state folder of other graders on this engine: resources that are in no journal there are removed
    homes: locateHomes(),
    lab,
    spec: stack,
    rubric,
    proberImage: 'nicolaka/netshoot:v0.13',
    buildNetwork: withoutProxy('none'),
    rootId,
    disk,
    version: '0',
    clock,
    nonce: () => `mark${runs}`,
    runId: () => `${id}${++runs}`,
    roles: new Map(),
    found,
    jobs,
    journal,
    controls: [
      controlOf(join(dir, 'control'), stack, {
        rubric,
        standard: withPip(rubric),
        images: await requiredImages(join(assets, 'compose-scale')),
      }),
    ],
    signal: new AbortController().signal,
    onProgress,
  }).finally(() => journal.close());
  return { out, grading };
}
let classes = 0;
type ClassProgress = Parameters<Parameters<typeof gradeClass>[0]['onProgress']>[0];

/** The standard rubric for the comparison. Only this rubric replaces the client image with one that has pip. */
const client = 'nicolaka/netshoot:v0.13';
const withPip = (rubric: Rubric): Rubric => ({
  ...rubric,
  images: [{ match: client, as: 'python:3.13-slim' }, ...rubric.images],
});
/** Builds only with the images of `withPip`. */
const onTheClient = ['flask/Dockerfile', 'FROM python:3.13-slim', `FROM ${client}`] as const;
const cannotBuild = ['flask/Dockerfile', 'RUN useradd', 'RUN false && useradd'] as const;

test('a reference solution that loses a point: the error blames the machine, and no grade counts', async ({ grading }) => {
  const dir = folder();
  addSubmission(dir, 'eve', privileged);
  addSubmission(dir, 'control', cannotBuild);
  const ended: string[] = [];
  const { out, grading: graded } = await classOf(grading, dir, ['eve'], ({ last }) => last && ended.push(last.id));
  const error = await rejection(graded);
  assert.is(error.code, 'E_CONTROL');
  assert.match(error.text.en, /^the reference solution got 0 of 100 points: the machine is at fault, not the class \(up\//);
  assert.match(error.text['zh-TW'], /^參考解答得到 0／100 分/);
  assert.equal([ended, journalOf(out)], [[], []]);
});

test('a reference solution that loses a point later: grades since its last success are discarded, and grading stops', async ({
  grading,
}) => {
  const dir = folder();
  addSubmission(dir, 'amy', privileged);
  addSubmission(dir, 'bob', ['compose.yaml', 'build: ./flask', 'build: ./flask\n    pid: host']);
  addSubmission(dir, 'cat', redisReachable);
  addSubmission(dir, 'dan', comment('never begun'));
  addSubmission(dir, 'control', comment('the control'));
  const begun = new Set<string>();
  const ended: string[] = [];
  let before = false;
  const { out, grading: graded } = await classOf(grading, dir, ['amy', 'bob', 'cat', 'dan'], ({ running, last, control }) => {
    for (const id of running) begun.add(id);
    if (last) ended.push(last.id);
    // After the first reference solution has passed, and before the submissions that wait for it continue.
    if (before && !control) addSubmission(dir, 'control', onTheClient);
    before = control;
  });
  const error = await rejection(graded);
  assert.is(error.code, 'E_CONTROL', 'it passed before by the same rubric, so the rubric is not at fault');
  assert.match(error.hint.en, /It resumes, and grades again what was graded since the reference solution last got all points$/);
  assert.match(error.hint['zh-TW'], /之後評分的作業會重新評分$/);
  assert.equal(
    [[...begun].sort(), ended.sort()],
    [
      ['amy', 'bob', 'cat'],
      ['amy', 'bob', 'cat'],
    ],
  );
  const written = journalOf(out);
  assert.is(written.length, 2, 'what ended after the control failed was written down');
  const journal = await openJournal(out);
  assert.equal(
    written.map(({ key }) => journal.find(key)),
    [undefined, undefined],
  );
  await journal.close();
});

/** The request at which the relay breaks the connection. Each submission sends it before its stack starts. */
const imageRequest = /^GET \S+\/images\/\S+\/json$/;

/**
 * Removes a Redis container with a separate `docker` process while Compose starts its stack: the first container for which `when` is true. `removed` is then
 * 1.
 */
function removeOne({ engine }: GradingEngine, when: () => boolean): { removed: number; end(): Promise<void> } {
  const dockerEnv = { ...process.env, ...engine.compose.env };
  const filter = ['--filter', 'event=create', '--filter', 'label=com.docker.compose.service=redis-server'];
  const format = `{{.ID}} {{index .Actor.Attributes "${runLabel}"}}`;
  const events = spawn('docker', ['events', ...filter, '--format', format], {
    env: dockerEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(events, 'close');
  const remover = {
    removed: 0,
    end: async () => {
      events.kill();
      await ended;
    },
  };
  createInterface(events.stdout).on('line', (line) => {
    const [id = '', run = ''] = line.split(' ');
    if (!run.startsWith(`class${process.pid}x`) || remover.removed > 0 || !when()) return;
    remover.removed += 1;
    execFileSync('docker', ['rm', '-f', id], { env: dockerEnv });
  });
  return remover;
}

test('a submission is graded again after a broken connection or after another process removes a container; if the connection breaks each time, it needs review', async ({
  grading,
}) => {
  const dir = folder();
  addSubmission(dir, 'amy', comment('broken off each time'));
  addSubmission(dir, 'bob', comment('broken off once'));
  addSubmission(dir, 'cat', comment('removed once'));
  addSubmission(dir, 'control', comment('the control'));
  let underWay: string | undefined;
  const broken: (string | undefined)[] = [];
  const relay = await openRelay(grading.engine, {
    breaks: (request) => {
      const matches = imageRequest.test(request) && (underWay === 'amy' || (underWay === 'bob' && !broken.includes('bob')));
      if (matches) broken.push(underWay);
      return matches;
    },
  });
  const api = await EngineApi.connect({ ...grading.engine.api.endpoint, host: relay.host });
  const ended: [string, string, number | null, string][] = [];
  const remover = removeOne(grading, () => underWay === 'cat');
  const through = { ...grading, engine: { ...grading.engine, api } };
  const onProgress = ({ control, running, last }: ClassProgress) => {
    underWay = control ? undefined : running[0];
    if (last) ended.push([last.id, last.grade.status, last.grade.points, last.grade.review?.en ?? '']);
  };
  const { grading: graded } = await classOf(through, dir, ['amy', 'bob', 'cat'], onProgress, 1);
  await graded.finally(() => Promise.all([api.close(), relay.close(), remover.end()]));
  assert.equal([broken.filter((id) => id === 'bob').length, remover.removed], [1, 1]);
  assert.equal(ended, [
    ['amy', 'review', null, `E_ENGINE_API: the engine at ${relay.host} no longer answers`],
    ['bob', 'graded', 100, ''],
    ['cat', 'graded', 100, ''],
  ]);
});

/** A build that fails as if the engine were out of memory. */
const shortOfMemory = ['flask/Dockerfile', 'RUN useradd', 'RUN echo "Cannot allocate memory"; false && useradd'] as const;

test('a reference solution that ran out of memory is graded again, alone; only a second failure is E_CONTROL', async ({
  grading,
}) => {
  // CI: the error only
  for (const healed of [true, false].slice(repeats(0, 1))) {
    const dir = folder();
    addSubmission(dir, 'eve', privileged);
    addSubmission(dir, 'control', shortOfMemory);
    let controls = 0;
    let before = false;
    const { out, grading: graded } = await classOf(grading, dir, ['eve'], ({ control }) => {
      if (control && !before) controls++;
      if (!control && before && healed) addSubmission(dir, 'control', comment('with memory'));
      before = control;
    });
    if (healed) await graded;
    else assert.is((await rejection(graded)).code, 'E_CONTROL');
    assert.equal([controls, journalOf(out).length], [2, healed ? 1 : 0]);
  }
});

test('identical submissions, another rubric, overrides and a roster; only one grader at a time', async () => {
  const submissions = folder();
  addSubmission(submissions, 'ann', redisReachable);
  addSubmission(submissions, 'ben', redisReachable);
  addSubmission(submissions, 'eve', privileged);
  // a file name in Big5 does not stop the grading
  writeFileSync(Buffer.concat([Buffer.from(`${submissions}/eve/`), Buffer.from('\xb3\xf8\xa7i.txt', 'latin1')]), '');
  writeFileSync(join(submissions, 'notes.txt'), '');
  const out = folder();
  const grade = (...more: readonly string[]) => ['grade', submissions, '--out', out, '--jobs', '3', ...more];
  const ended = (end: Ended, exitCode: number) => assert.is(end.exitCode, exitCode, end.stdout + end.stderr);

  const [first, second] = await beside(grade());
  ended(first, 3);
  ended(second, 2);
  assert.match(second.stderr, /^error E_SUBMISSION: another lab grade is using .*: process \d+, Node v/);
  const points = entryOf(out, 'ann')?.grade.points ?? 0;
  assert.ok(points > 0 && points < 100);
  const decided = [
    ['ann', 'graded', points],
    ['ben', 'graded', points],
    ['eve', 'refused', null],
  ];
  assert.equal(pointsIn(out), decided);
  assert.equal(
    [entryOf(out, 'ann')?.sameAs, entryOf(out, 'ben')?.sameAs, entryOf(out, 'eve')?.sameAs],
    [undefined, 'ann', undefined],
  );
  assert.match(first.stdout, /ben .*the same as ann/);
  assert.is(journalOf(out).length, 2, 'the same was written down twice');

  // The failed check costs less.
  const rubric = join(folder(), 'rubric.yaml');
  writeFileSync(rubric, cheaper(readFileSync(rubricPath, 'utf8'), 'up/networks-are-as-drawn'));
  const asked = await runBin(grade('--rubric', rubric, '--regrade'), env);
  ended(asked, 0);
  assert.match(asked.stdout, new RegExp(`ann\\n(?:  .*\\n)*  total  ${points} → ${points + 2}\\n`), asked.stdout);
  assert.match(asked.stdout, /2 of 3 grades would change\.\nNothing is changed; --yes applies it\.\n$/);
  assert.equal(pointsIn(out), decided);
  // All grades are known now, so nothing runs.
  assert.is(journalOf(out).length, 4);
  const applied = await runBin(grade('--rubric', rubric, '--regrade', '--yes'), env);
  ended(applied, 3);
  assert.is(journalOf(out).length, 4);
  assert.equal(pointsIn(out), [
    ['ann', 'graded', points + 2],
    ['ben', 'graded', points + 2],
    ['eve', 'refused', null],
  ]);

  writeFileSync(join(out, 'overrides.csv'), 'student,check,points,reason\neve,,60,talked it over\n');
  const roster = join(folder({ 'roster.csv': 'id\nann\nben\neve\nzoe\n' }), 'roster.csv');
  const last = await runBin(grade('--roster', roster), env);
  ended(last, 0);
  assert.equal(pointsIn(out), [...decided.slice(0, 2), ['eve', 'graded', 60], ['zoe', 'missing', null]]);
  assert.match(last.stdout, /^ {2}zoe +– {2}no submission$/m);
  assert.equal(
    bookIn(out).leftOut?.map(({ place }) => place?.file),
    ['notes.txt'],
  );
  assert.is(journalOf(out).length, 4, 'the grades of the first rubric were known');
});

/** The rubric with a check that costs two points less. */
function cheaper(rubric: string, check: string): string {
  const line = new RegExp(`(${check}: \\{ goal: \\w+, costs: )(\\d+)`);
  assert.match(rubric, line);
  return rubric.replace(line, (_, words: string, costs: string) => `${words}${Number(costs) - 2}`);
}

/** Runs the same command twice: the second while the first is running. */
async function beside(args: readonly string[]): Promise<[Ended, Ended]> {
  const started = startBin(args, env);
  await new Promise<void>((resolve) => started.child.stderr?.once('data', () => resolve()));
  const second = await runBin(args, env);
  return [await started.ended, second];
}

test('a build that fails only because the grader has no network needs review: exit 3, cause and remedy, no points, nothing in the journal', async () => {
  const submissions = folder();
  // no error output: only the kernel's counters show that the build needs the network
  addSubmission(submissions, 'ann', [
    'flask/Dockerfile',
    'WORKDIR',
    `RUN python3 -c "import socket; socket.create_connection(('192.0.2.1', 80))" 2>/dev/null\nWORKDIR`,
  ]);
  addSubmission(submissions, 'ben', ['flask/Dockerfile', 'WORKDIR', 'RUN false\nWORKDIR']);
  const out = folder();
  const end = await runBin(['grade', submissions, '--out', out, '--build-network', 'none'], env);
  assert.is(end.exitCode, 3, end.stdout + end.stderr);
  assert.equal(pointsIn(out), [
    ['ann', 'review', null],
    ['ben', 'graded', 80],
  ]);
  assert.match(entryOf(out, 'ben')?.grade.cause?.text.en ?? '', /^flask\/Dockerfile is the cause: .* "RUN false" fails/);
  const review = entryOf(out, 'ann')?.grade.review;
  assert.match(
    review?.en ?? '',
    /^flask\/Dockerfile:\d+: `RUN python3 -c .* needs the network, and builds have none here\. Grade again with `--build-network packages`, or `open`\.$/,
  );
  assert.match(review?.['zh-TW'] ?? '', /請加上 `--build-network packages`（或 `open`）重新評分。$/);
  assert.equal(
    journalOf(out).map(({ grade }) => grade.status),
    ['graded'],
  );
});

test.run();
