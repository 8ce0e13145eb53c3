// time limit: 2400 s
// alone
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
import { drawnWrong, handIn, journalOf, loadGrades, privileged, said, unlike } from '../helpers/small-class.ts';

/** A class is graded to its end, however often its grader or its engine is killed: with the grades of an undisturbed run, and nothing done twice. */
const test = suite('a class that is gone on with');

const submissions = folder();
handIn(submissions, 'ann', said('as it is drawn'));
handIn(submissions, 'ben', drawnWrong);
handIn(submissions, 'cho', said('handed in twice'));
handIn(submissions, 'dee', said('handed in twice'));
handIn(submissions, 'eve', privileged);
handIn(submissions, 'fay', ['compose.yaml', ':ro', '']);

/** Those that are run: all but the one that is refused, and one of the two that are the same. */
const distinct = 4;
/** Before, in the middle, at the end; where the first half is known already, the middle comes before the first, and is left out. */
const controls = [2, 3];

const argsFor = (out: string) => ['grade', submissions, '--out', out, '--jobs', '3'];
const decided = (out: string) => (existsSync(join(out, 'journal.ndjson')) ? journalOf(out) : []);
const graded = (out: string) => decided(out).filter(({ grade }) => grade.status === 'graded').length;
const filesIn = (out: string) => readdirSync(out, { recursive: true }).map(String).sort();
const runsOf = ({ homes }: OwnGrading) => (existsSync(runsDir(homes)) ? readdirSync(runsDir(homes)) : []);

/** The runs of which anything was started on the engine while `work` went on, as the engine tells it. */
async function runsDuring(own: OwnGrading, work: () => Promise<void>): Promise<Set<string>> {
  const format = `{{index .Actor.Attributes "${runLabel}"}}`;
  const since = (Date.now() / 1000).toFixed(3);
  // what those before it had asked for may still come
  const before = runsOf(own).map((name) => name.replace(/\..*/, ''));
  const args = ['events', '--since', since, '--filter', 'type=container', '--filter', 'event=create', '--format', format];
  let told = '';
  const events = spawn('docker', args, { env: own.docker, stdio: ['ignore', 'pipe', 'inherit'] });
  events.stdout.setEncoding('utf8').on('data', (piece: string) => {
    told += piece;
  });
  const ended = new Promise((resolve) => events.once('close', resolve));
  try {
    await work();
    // the last one's events have been sent before its removal was answered
    await pause(200);
  } finally {
    events.kill();
    await ended;
  }
  return new Set(told.split('\n').filter((run) => run !== '' && !before.includes(run)));
}

async function undisturbed(own: OwnGrading): Promise<{ grades: string[]; files: string[]; ms: number }> {
  const out = folder();
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await runBin(argsFor(out), own.env);
  assert.is(exitCode, 0, stdout + stderr);
  assert.is(graded(out), distinct, stdout + stderr);
  return { grades: loadGrades(out), files: filesIn(out), ms: performance.now() - startedMs };
}

/** Starts the class, and disturbs it once something is decided and something is not. */
async function disturb(own: OwnGrading, out: string, how: (pid: number) => Promise<void>) {
  const started = startBin(argsFor(out), own.env);
  let over = false;
  const ended = started.ended.finally(() => {
    over = true;
  });
  while (!over && graded(out) === 0) await pause(10);
  await how(started.child.pid ?? 0);
  const end = await ended;
  assert.ok(graded(out) > 0 && graded(out) < distinct, `it came too late: ${end.stdout}${end.stderr}`);
  return end;
}

test('killed at random moments, the engine killed, interrupted: the same grades', () =>
  onOwnGrading(async (own) => {
    const { grades, files, ms } = await undisturbed(own);
    assert.equal([await own.left(), runsOf(own)], [[], []]);
    const finished = async (out: string) => {
      const before = graded(out);
      const runs = await runsDuring(own, async () => {
        const { exitCode, stdout, stderr } = await runBin(argsFor(out), own.env);
        assert.is(exitCode, 0, stdout + stderr);
      });
      const due = before === distinct ? [0] : controls.map((many) => many + distinct - before);
      assert.ok(due.includes(runs.size), `${runs.size} runs, not ${due.join(' or ')}: what was decided was graded again`);
      assert.equal(unlike(grades, loadGrades(out)), []);
      assert.equal(filesIn(out), files);
      // what those before it had left is gone too
      assert.equal([await own.left(), runsOf(own)], [[], []]);
    };

    const wanted = repeats(20, 3);
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

    const interrupted = folder();
    const stopped = await disturb(own, interrupted, async (pid) => void process.kill(pid, 'SIGINT'));
    assert.is(stopped.exitCode, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /error E_INTERRUPTED: interrupted; what was decided is kept\nhint: run the same command again to continue/,
    );
    assert.equal([await own.left(), runsOf(own)], [[], []]);
    await finished(interrupted);

    const lost = folder();
    const died = await disturb(own, lost, () => own.crash());
    assert.is(died.exitCode, 3, died.stderr);
    assert.match(died.stderr, /^error E_ENGINE_(LOST|UNREACHABLE): /m);
    assert.ok(runsOf(own).length > 0, 'nothing could be removed from an engine that is not there');
    // brings the engine up again
    const before = graded(lost);
    const again = await runBin(argsFor(lost), own.env);
    assert.is(again.exitCode, 0, again.stdout + again.stderr);
    assert.ok(before < distinct);
    assert.equal(unlike(grades, loadGrades(lost)), []);
    assert.equal([await own.left(), runsOf(own)], [[], []]);
    assert.is((await runBin(['clean'], own.env)).stdout, 'nothing is left behind\n');
  }));

test.run();
