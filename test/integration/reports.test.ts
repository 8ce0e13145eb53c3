// time limit: 800 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import type { EventLine } from '../../src/report/events-schema.ts';
import type { RunReport } from '../../src/report/schema.ts';
import { casesIn, faultsOf, readJunit } from '../fixtures/junit.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { checksOf } from '../helpers/counts.ts';
import { folder } from '../helpers/folder.ts';
import { onSmallDisk } from '../helpers/small-disk.ts';

const test = besideBystander('reports');

const nothingLeft = async (engine: Engine, state: string) => {
  const { stdout } = await runBin(['clean', '--dry-run'], envFor(engine, state));
  assert.is(stdout, 'nothing is left behind\n');
};
const fill = (disk: string) => {
  const { bsize, bavail } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bsize * bavail));
};
const reporters = (...files: readonly (readonly [name: string, file: string])[]): string[] => [
  '--reporter',
  'terminal',
  ...files.flatMap(([name, file]) => ['--reporter', name, '--out', file]),
];

test('the four reports of one run agree; --verbose names every check', async ({ engine }) => {
  const dir = folder();
  const [json, junit, ndjson] = [join(dir, 'a.json'), join(dir, 'b.xml'), join(dir, 'c.ndjson')];
  const state = folder();
  const { exitCode, stdout, stderr } = await runBin(
    ['run', 'setup', '--verbose', ...reporters(['json', json], ['junit', junit], ['ndjson', ndjson])],
    envFor(engine, state),
  );
  assert.is(exitCode, 0, stdout + stderr);
  assert.match(stdout, `Passed: 1 lab, ${checksOf('setup')} checks`);
  assert.match(stdout, /^ {4}\$ docker.compose up -d +\d+\.\d s$/m);
  assert.is(stdout.match(/^ {4}✓ /gm)?.length, checksOf('setup'));
  const report = JSON.parse(readFileSync(json, 'utf8')) as RunReport;

  const xml = readFileSync(junit, 'utf8');
  assert.equal(await faultsOf(xml), []);
  const read = readJunit(xml);
  assert.equal([read.tests, read.failures, read.errors], [String(checksOf('setup')), '0', '0']);
  assert.equal(
    casesIn(read).map(({ classname, name }) => `${classname} ${name}`),
    report.labs.flatMap((lab) =>
      lab.steps.flatMap((step) => step.checks.map(({ id }) => `compose-scale.${lab.id}.${step.id} ${id}`)),
    ),
  );

  const schema = JSON.parse(readFileSync(join(assets, 'events.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, logger: false }).compile(schema);
  const lines = readFileSync(ndjson, 'utf8').trimEnd().split('\n');
  for (const line of lines) assert.ok(validate(JSON.parse(line)), `${line}: ${JSON.stringify(validate.errors)}`);
  const events = lines.map((line) => JSON.parse(line) as EventLine);
  assert.equal([events.at(0)?.kind, events.at(-1)?.kind], ['run-started', 'run-finished']);
  assert.equal(
    events.flatMap((event) => (event.kind === 'check-finished' ? [event.check] : [])),
    report.labs.flatMap((lab) => lab.steps.flatMap((step) => step.checks)),
  );
  const times = events.map(({ atMs }) => atMs);
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  );
  await nothingLeft(engine, state);
});

test('one step runs after the steps before it; its short output has consistent numbers', async ({ engine }) => {
  const json = join(folder(), 'a.json');
  const files = reporters(['json', json]);
  const { exitCode, stdout, stderr } = await runBin(['run', 'nginx/restart', ...files], envFor(engine, folder()));
  assert.is(exitCode, 0, stdout + stderr);
  const { labs, totals } = JSON.parse(readFileSync(json, 'utf8')) as RunReport;
  assert.equal(
    labs.map(({ id, steps }) => [id, ...steps.map((step) => step.id)]),
    [['nginx', 'up', 'single', 'scale', 'restart']],
  );
  // after the restart, each of the 30 answers is counted for one of three hosts
  const hosts = [...(/\$\(seq 30\).*\n +answers \d+ to \d+: ([^✓]*)/.exec(stdout)?.[1] ?? '').matchAll(/([0-9a-f]{12}) ×(\d+)/g)];
  assert.is(hosts.length, 3, stdout);
  assert.is(
    hosts.map(([, , count]) => Number(count)).reduce((sum, count) => sum + count),
    30,
  );
  // before it, the bars of the stale proxy show one of them
  const [, own, ...others] = /nginx still reaches one .*\n +\w+ +█+ (\d+)\n +\w+ +(\d+)\n +\w+ +(\d+)\n/.exec(stdout) ?? [];
  assert.ok(Number(own) >= 12, stdout);
  assert.equal(others, ['0', '0'], stdout);
  const counted = [...stdout.matchAll(/✓ (\d+) (?:other )?checks? passed|and (\d+) other checks? /g)].reduce(
    (sum, [, passed, beside]) => sum + Number(passed ?? beside),
    0,
  );
  const named = stdout.match(/^ {4}✓ (?!\d+ (?:other )?checks? passed)/gm) ?? [];
  assert.is(counted + named.length, totals.passed, stdout);
  assert.ok(stdout.split('\n').length <= 45, stdout);
});

test('the ndjson reporter prints lines during the run', async ({ engine }) => {
  const started = startBin(['run', 'setup/build', '--reporter', 'ndjson'], envFor(engine, folder()));
  await started.until('"kind":"command-started"');
  assert.is(started.child.exitCode, null);
  const { exitCode, stdout, stderr } = await started.ended;
  assert.is(exitCode, 0, stdout + stderr);
  assert.is(stderr.includes('failed'), false);
  for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
});

test('a full disk under every report: the run passes, all is removed, each failed report is named, exit 3', ({ engine }) =>
  onSmallDisk('64k', async (disk) => {
    fill(disk);
    const state = folder();
    const files = [
      ['json', join(disk, 'a.json')],
      ['junit', join(disk, 'b.xml')],
      ['ndjson', join(disk, 'c.ndjson')],
    ] as const;
    const { exitCode, stdout, stderr } = await runBin(['run', 'setup/build', ...reporters(...files)], envFor(engine, state));
    assert.is(exitCode, 3, stdout + stderr);
    assert.match(stdout, /Passed: 1 lab, \d+ checks?/);
    for (const [name, file] of files)
      assert.match(stderr, `The ${name} reporter failed; the run itself was not affected: ${file}: ENOSPC`);
    assert.equal(readdirSync(disk).sort(), ['c.ndjson', 'filler']);
    assert.is(readFileSync(files[2][1], 'utf8'), '');
    await nothingLeft(engine, state);
  }));

for (const [reporter, message] of [
  ['json', 'The json reporter failed; the run itself was not affected: ENOSPC'],
  ['terminal', 'Not all of the output could be written: ENOSPC'],
] as const) {
  test(`a full disk under stdout with the ${reporter} reporter: the other report is complete, exit 3, all is removed`, ({
    engine,
  }) =>
    onSmallDisk('64k', async (disk) => {
      // the last block of the file has space for some of the output
      writeFileSync(join(disk, 'stdout'), 'x'.repeat(4000));
      fill(disk);
      const state = folder();
      const whole = join(folder(), 'whole.xml');
      const stdout = openSync(join(disk, 'stdout'), 'a');
      try {
        const run = ['run', 'setup/build', '--reporter', 'junit', '--out', whole, '--reporter', reporter];
        const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), ...run], {
          env: envFor(engine, state),
          stdio: ['ignore', stdout, 'pipe'],
        });
        const [stderr, [exitCode]] = await Promise.all([text(child.stderr as Readable), once(child, 'exit')]);
        assert.is(exitCode, 3, stderr);
        assert.match(stderr, message);
      } finally {
        closeSync(stdout);
      }
      const { tests, errors } = readJunit(readFileSync(whole, 'utf8'));
      assert.ok(Number(tests) > 0);
      assert.is(errors, '0');
      await nothingLeft(engine, state);
    }));
}

test.run();
