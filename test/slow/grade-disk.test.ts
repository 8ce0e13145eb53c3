// time limit: 960 s
// only with test:full
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { ContentionError, LimitExceededError, Together } from '../../src/grade/errors.ts';
import { type DiskQuotaWatch, watchDiskQuota } from '../../src/grade/sandbox/disk-quota.ts';
import { sizeOf, unlinked } from '../../src/grade/sandbox/written-files.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { root } from '../../src/platform/package-root.ts';
import { runLabel } from '../../src/run/journal.ts';
import { runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { onOwnGrading } from '../helpers/own-grading.ts';
import { addSubmission, comment } from '../helpers/small-class.ts';
import { onSmallDisk } from '../helpers/small-disk.ts';

/** Disk usage of submissions is limited everywhere they can write, and a submission that fills a disk loses points. */
const test = suite<{ engine: Engine }>('the disk of submissions');
test.before(async (it) => {
  it.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** Writes 20 MB to each of several unlinked files: in a folder of the host, in the container, in memory; open or only mapped. */
const hoard = `
import mmap, os, sys
def unlinked(path):
    file = os.open(path, os.O_CREAT | os.O_RDWR)
    os.unlink(path)
    os.write(file, bytes(20_000_000))
    return file
held = [unlinked("/host/open"), unlinked("/dev/shm/memory")]
mapped = unlinked("/host/mapped")
memory = mmap.mmap(mapped, 20_000_000)
os.close(mapped)
layer = unlinked("/open")
print("ready", flush=True)
sys.stdin.read()
`;

/** Runs that program in a container with this label and with `dir` mounted at /host, until `work` has ended. */
async function hoarding({ compose }: Engine, runId: string, dir: string, work: (id: string) => Promise<void>): Promise<void> {
  const env = { ...process.env, ...compose.env };
  const name = `labwright-${runId}-hoard`;
  const args = ['run', '-i', '--rm', '--name', name, '--label', `${runLabel}=${runId}`, '-v', `${dir}:/host`];
  const running = spawn('docker', [...args, 'python:3.13-slim', 'python3', '-c', hoard], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => running.once('close', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      running.stdout.once('data', () => resolve());
      running.once('close', () => reject(new Error('it ended')));
    });
    await work(execFileSync('docker', ['inspect', '-f', '{{.Id}}', name], { env, encoding: 'utf8' }).trim());
  } finally {
    running.stdin.end();
    await ended;
  }
}

test('unlinked files are counted while a process in the container has them open or mapped; files in memory are not counted', async ({
  engine,
}) => {
  const dir = folder();
  await hoarding(engine, `hoard${process.pid}`, dir, async (id) => {
    assert.ok((await sizeOf(dir, new AbortController().signal)) < 1e6, 'a walk finds nothing');
    const bytes = unlinked([id]);
    assert.ok(bytes >= 60e6 && bytes < 62e6, `${bytes} bytes`);
    assert.is(unlinked(['0'.repeat(64)]), 0);
    assert.is(unlinked([]), 0);
  });
});

test("on a user's own Docker, a submission that writes too much to unlinked files is stopped", async ({ engine }) => {
  const dir = folder();
  const runId = `hoard${process.pid}x`;
  await hoarding(engine, runId, dir, async () => {
    const watching = { api: engine.api, runId, dir, alone: true, together: new Together() };
    // the watch has finished its first look when it waits for the second
    const firstLook = async (diskMb: number): Promise<unknown> => {
      let watch: DiskQuotaWatch | undefined;
      const reason = await new Promise((resolve) => {
        const wait = (ms: number) => {
          resolve(undefined);
          return clock.wait(ms);
        };
        watch = watchDiskQuota({ ...watching, diskMb, clock: { ...clock, wait } }, resolve);
      });
      await watch?.end();
      return reason;
    };
    const reason = await firstLook(50);
    assert.instance(reason, LimitExceededError);
    assert.match((reason as LimitExceededError).text.en, /^it wrote more than 50 MB to the disk/);
    assert.is(await firstLook(70), undefined);
  });
});

test('a full disk stops all gradings in progress on it; for a submission graded alone, it is an error of the machine', async ({
  engine,
}) => {
  const together = new Together();
  const reasons: unknown[] = [];
  const leave = together.join((reason) => void reasons.push(reason));
  together.join((reason) => void reasons.push(reason))();
  await onSmallDisk('32m', async (disk) => {
    const watching = { api: engine.api, runId: 'none', dir: disk, diskMb: 200, together, clock };
    const crowded = watchDiskQuota({ ...watching, alone: false }, () => undefined);
    assert.instance(await crowded.lookLast(), ContentionError);
    const alone = watchDiskQuota({ ...watching, alone: true }, () => undefined);
    const reason = await alone.lookLast();
    assert.is((reason as { code?: string }).code, 'E_DISK_FULL', 'an error of the machine');
  });
  leave();
  assert.is(reasons.length, 1);
  assert.instance(reasons[0], ContentionError);
});

test('a submission that fills a small disk with a volume or with unlinked files does not get all points; a correct submission beside it does', () =>
  onSmallDisk('2400m', (disk) =>
    onOwnGrading(async (own) => {
      const dir = folder();
      const hostile = ['disk-unlinked', 'disk-volume'];
      for (const name of hostile)
        cpSync(join(root, `test/fixtures/class-slow/hostile-${name}`), join(dir, name), { recursive: true });
      addSubmission(dir, 'ann', comment('ann'));
      const out = folder();
      const order = ['ann', ...hostile].map((name) => join(dir, name));
      const { exitCode, stdout, stderr } = await runBin(['grade', ...order, '--out', out, '--jobs', '3'], own.env);
      assert.ok(exitCode === 0 || exitCode === 3, stdout + stderr);
      const { entries } = JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8')) as Gradebook;
      const gradeOf = (name: string) => entries.find(({ student }) => student.id === name)?.grade;
      assert.is(gradeOf('ann')?.points, 100, stdout + stderr);
      for (const name of hostile) {
        const grade = gradeOf(name);
        // if most was not reached before it was stopped, a person decides
        const notAll = grade?.status === 'review' || (grade?.points ?? 100) < 100;
        assert.ok(notAll, `${name}: ${grade?.status} ${grade?.points}: ${stdout}${stderr}`);
        const found = grade?.checks.map(({ because, actual }) => `${because?.en} ${actual?.en}`) ?? [];
        const causes = [grade?.review?.en, ...found].join('\n');
        assert.match(causes, /wrote more than \d+ MB to the disk|filled the disk/, name);
      }
      assert.equal(await own.left(), []);
    }, disk),
  ));

test.run();
