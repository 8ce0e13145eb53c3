// time limit: 2400 s
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runLabel, runsDir } from '../../src/run/journal.ts';
import { runBin, startBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { type OwnGrading, onOwnGrading } from '../helpers/own-grading.ts';
import { repeats } from '../helpers/repeats.ts';
import {
  addSubmission,
  comment,
  gradeDifferences,
  journalOf,
  loadGrades,
  privileged,
  redisReachable,
} from '../helpers/small-class.ts';

/** Grading can be resumed after its grader or its engine was killed: the grades are those of an undisturbed run, and nothing is graded twice. */
const test = suite('resumed grading');

const submissions = folder();
addSubmission(submissions, 'ann', comment('as it is drawn'));
addSubmission(submissions, 'ben', redisReachable);
addSubmission(submissions, 'cho', comment('handed in twice'));
addSubmission(submissions, 'dee', comment('handed in twice'));
addSubmission(submissions, 'eve', privileged);

/** The number of submissions that run: all except the refused one and one of the two identical ones. */
const distinct = 3;
/** The reference solution is graded before, in the middle and at the end. If the first half is known already, the one in the middle is omitted. */
const controls = [2, 3];

const argsFor = (out: string) => ['grade', submissions, '--out', out, '--jobs', '2'];
const decided = (out: string) => (existsSync(join(out, 'journal.ndjson')) ? journalOf(out) : []);
const graded = (out: string) => decided(out).filter(({ grade }) => grade.status === 'graded').length;
const filesIn = (out: string) => readdirSync(out, { recursive: true }).map(String).sort();
const runsOf = ({ homes }: OwnGrading) => (existsSync(runsDir(homes)) ? readdirSync(runsDir(homes)) : []);
const idsOf = (own: OwnGrading) => runsOf(own).map((name) => name.replace(/\..*/, ''));

/** The runs that created containers while `work` was running, from the engine's events. */
async function runsDuring(own: OwnGrading, work: () => Promise<void>): Promise<Set<string>> {
  const format = `{{index .Actor.Attributes "${runLabel}"}}`;
  const since = (Date.now() / 1000).toFixed(3);
  // containers that earlier runs requested may still be created
  const before = idsOf(own);
  const args = ['events', '--since', since, '--filter', 'type=container', '--filter', 'event=create', '--format', format];
  let output = '';
  const events = spawn('docker', args, { env: own.docker, stdio: ['ignore', 'pipe', 'inherit'] });
  events.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  const ended = new Promise((resolve) => events.once('close', resolve));
  try {
    await work();
    // the engine sent the events of the last run before it answered the request to remove it
    await pause(200);
  } finally {
    events.kill();
    await ended;
  }
  return new Set(output.split('\n').filter((run) => run !== '' && !before.includes(run)));
}

async function undisturbed(own: OwnGrading): Promise<{ grades: string[]; files: string[]; ms: number }> {
  const out = folder();
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await runBin(argsFor(out), own.env);
  // one is refused
  assert.is(exitCode, 3, stdout + stderr);
  assert.is(graded(out), distinct, stdout + stderr);
  return { grades: loadGrades(out), files: filesIn(out), ms: performance.now() - startedMs };
}

/** Starts grading, and calls `disturbance` at a moment when some submissions are graded and some are not. */
async function disturb(own: OwnGrading, out: string, isTime: () => boolean, disturbance: (pid: number) => Promise<void>) {
  const started = startBin(argsFor(out), own.env);
  let over = false;
  const ended = started.ended.finally(() => {
    over = true;
  });
  while (!over && !isTime()) await pause(10);
  await disturbance(started.child.pid ?? 0);
  const end = await ended;
  assert.ok(graded(out) > 0 && graded(out) < distinct, `it came too late: ${end.stdout}${end.stderr}`);
  return end;
}

test('after kills at random moments, an interrupt and a killed engine, the grades are the same', () =>
  onOwnGrading(async (own) => {
    const { grades, files, ms } = await undisturbed(own);
    assert.equal([await own.left(), runsOf(own)], [[], []]);
    const finished = async (out: string) => {
      const before = graded(out);
      const runs = await runsDuring(own, async () => {
        const { exitCode, stdout, stderr } = await runBin(argsFor(out), own.env);
        assert.is(exitCode, 3, stdout + stderr);
      });
      const due = before === distinct ? [0] : controls.map((many) => many + distinct - before);
      assert.ok(due.includes(runs.size), `${runs.size} runs, not ${due.join(' or ')}: what was decided was graded again`);
      assert.equal(gradeDifferences(grades, loadGrades(out)), []);
      assert.equal(filesIn(out), files);
      // the leftovers of earlier runs are removed too
      assert.equal([await own.left(), runsOf(own)], [[], []]);
    };

    const wanted = repeats(20, 0);
    let kills = 0;
    for (let out = folder(); kills < wanted; out = folder()) {
      const moments: string[] = [];
      while (kills < wanted && moments.length < 7) {
        const before = decided(out).map(({ key }) => key);
        const started = startBin(argsFor(out), own.env);
        const moment = Math.round(Math.random() * ms);
        await Promise.race([pause(moment), started.ended]);
        started.child.kill('SIGKILL');
        const { signal, stdout, stderr } = await started.ended;
        const keys = decided(out).map(({ key }) => key);
        moments.push(`${moment} ms (${signal ?? 'ended'}, ${keys.length} decided)`);
        assert.equal(keys.slice(0, before.length), before, `lost: ${stdout}${stderr}`);
        assert.is(new Set(keys).size, keys.length, 'decided twice');
        if (!signal) break;
        kills += 1;
      }
      console.log(`killed at ${moments.join(', ')}`);
      await finished(out);
    }

    // one class: its engine is killed, the next grader starts it again and is interrupted, and the last one ends
    const out = folder();
    const died = await disturb(
      own,
      out,
      () => graded(out) > 0,
      () => own.crash(),
    );
    assert.is(died.exitCode, 3, died.stderr);
    assert.match(died.stderr, /^error E_ENGINE_(LOST|UNREACHABLE): /m);
    const lost = idsOf(own);
    assert.ok(lost.length > 0, 'nothing could be removed from an engine that is not there');

    const isNew = (id: string) => !lost.includes(id);
    const stopped = await disturb(
      own,
      out,
      () => idsOf(own).some(isNew),
      async (pid) => void process.kill(pid, 'SIGINT'),
    );
    assert.is(stopped.exitCode, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /error E_INTERRUPTED: interrupted; what was decided is kept\nhint: run the same command again to continue/,
    );
    assert.equal([await own.left(), runsOf(own)], [[], []]);
    await finished(out);
    assert.is((await runBin(['clean'], own.env)).stdout, 'nothing is left behind\n');
  }));

test.run();
