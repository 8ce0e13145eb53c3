import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../src/lab/error.ts';
import { verbatim } from '../../src/lab/text.ts';
import { openReporters } from '../../src/report/reporters.ts';
import type { Screen } from '../../src/report/screen.ts';
import { passing } from '../fixtures/events.ts';
import { fakeScreen } from '../fixtures/screen.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab 報告 '));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs the stream through reporters opened so; what stdout and stderr got, and the failures. */
async function run(names: string[], outs: string[], screens: { out?: Screen; err?: Screen; watched?: boolean } = {}) {
  const out = fakeScreen();
  const err = fakeScreen({ interactive: screens.watched === true });
  const reporters = openReporters(names, outs, { out: screens.out ?? out.screen, err: screens.err ?? err.screen, lang: 'en' });
  for (const event of passing) reporters.listen(event);
  const failures = await reporters.close();
  return { out: out.text(), err: err.text(), failures };
}
const usage = (names: string[], outs: string[], message: string) => {
  const { screen } = fakeScreen();
  try {
    openReporters(names, outs, { out: screen, err: screen, lang: 'en' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, LabError);
    assert.is((error as LabError).code, 'E_USAGE');
    assert.match((error as LabError).message, message);
  }
};

test('none asked for: terminal, on stdout', async () => {
  const { out, err } = await run([], []);
  assert.match(out, /^Horizontal scaling[\s\S]*Passed: 2 labs/);
  assert.is(err, '');
});

test('json on stdout is one document and nothing else', async () => {
  const { out, err } = await run(['json'], []);
  assert.is(JSON.parse(out).outcome, 'passed');
  assert.is(err, '');
});

test('json on stdout, and someone watching: they are told on stderr', async () => {
  const { out, err } = await run(['json'], [], { watched: true });
  assert.is(JSON.parse(out).outcome, 'passed');
  assert.match(err, 'Passed: 2 labs');
});

test('terminal and json: terminal moves to stderr', async () => {
  for (const names of [
    ['terminal', 'json'],
    ['json', 'terminal'],
  ]) {
    const { out, err } = await run(names, []);
    assert.is(JSON.parse(out).outcome, 'passed');
    assert.match(err, 'Passed: 2 labs');
  }
});

test('an --out belongs to the reporter that writes a document, in whatever order they are given', async () => {
  for (const names of [['json'], ['terminal', 'json'], ['json', 'terminal']]) {
    const file = join(folder, 'report.json');
    const { out } = await run(names, [file]);
    assert.is(JSON.parse(readFileSync(file, 'utf8')).outcome, 'passed');
    assert.is(out.includes('Passed: 2 labs'), names.includes('terminal'));
    rmSync(file);
  }
});

test('a report replaces the one before, leaves no draft, and a link stays a link', async () => {
  const [file, link] = [join(folder, 'old.json'), join(folder, 'link.json')];
  writeFileSync(file, 'old');
  symlinkSync(file, link);
  await run(['json'], [link]);
  assert.is(readlinkSync(link), file);
  assert.is(JSON.parse(readFileSync(file, 'utf8')).outcome, 'passed');
  assert.equal(readdirSync(folder).sort(), ['link.json', 'old.json']);
  rmSync(link);
  rmSync(file);
});

test('a pipe is written to, not replaced', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  // opened for both ends so that neither waits; what is written stays in the pipe
  const script = `exec 3<>"$0"; cat <&3 & sleep 1; kill $!`;
  const child = spawn('sh', ['-c', script, pipe]);
  let read = '';
  child.stdout.on('data', (chunk) => {
    read += chunk;
  });
  await run(['json'], [pipe]);
  await new Promise((resolve) => child.once('close', resolve));
  assert.is(JSON.parse(read).outcome, 'passed');
  assert.ok(existsSync(pipe));
  rmSync(pipe);
});

test('what cannot work is told before the run', () => {
  usage(['yaml'], [], 'there is no reporter yaml');
  usage(['terminal'], ['x.txt'], 'each --out needs');
  usage(['json'], [join(folder, 'none', 'report.json')], 'cannot be written');
  usage(['json'], [folder], 'cannot be written');
});

test('a reporter that fails changes nothing for the others, is told once, and is handed back', async () => {
  const { screen: out } = fakeScreen();
  const broken = {
    ...out,
    write: () => {
      throw new Error('no space left');
    },
  };
  const file = join(folder, 'kept.json');
  const { err, failures } = await run(['terminal', 'json'], [file], { out: broken });
  assert.is(JSON.parse(readFileSync(file, 'utf8')).outcome, 'passed');
  assert.is(err, 'The terminal reporter failed; the run itself was not affected: no space left\n');
  assert.equal(
    failures.map(({ reporter }) => reporter),
    ['terminal'],
  );
  rmSync(file);
});

test('a report that cannot be written in the end is told too', async () => {
  const gone = join(folder, 'gone');
  mkdirSync(gone);
  const { screen, text } = fakeScreen();
  const reporters = openReporters(['json'], [join(gone, 'report.json')], { out: screen, err: screen, lang: 'zh-TW' });
  rmSync(gone, { recursive: true });
  for (const event of passing) reporters.listen(event);
  assert.is((await reporters.close()).length, 1);
  assert.match(text(), /^json 報告失敗，但不影響執行結果：ENOENT/);
});

test('no run, no document', async () => {
  const { screen, text } = fakeScreen();
  const reporters = openReporters(['json'], [], { out: screen, err: screen, lang: 'en' });
  reporters.listen({ kind: 'note', text: verbatim('images on their way'), atMs: 0 });
  assert.equal(await reporters.close(), []);
  assert.is(text(), '');
});

test.run();
