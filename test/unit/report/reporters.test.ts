import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../src/lab/error.ts';
import { verbatim } from '../../../src/lab/text.ts';
import { openReporters } from '../../../src/report/reporters.ts';
import type { Screen } from '../../../src/report/terminal/screen.ts';
import { mixed, passing } from '../../fixtures/events.ts';
import { casesIn, faultsOf, readJunit } from '../../fixtures/junit.ts';
import { fakeScreen } from '../../fixtures/screen.ts';

const { signal } = new AbortController();

const folder = mkdtempSync(join(tmpdir(), 'lab 報告 '));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs the events through reporters opened with these options; returns stdout, stderr and the failures. */
async function run(names: string[], outs: string[], screens: { out?: Screen; err?: Screen; watched?: boolean } = {}) {
  const out = fakeScreen();
  const err = fakeScreen({ interactive: screens.watched === true });
  const reporters = openReporters(names, outs, {
    out: screens.out ?? out.screen,
    err: screens.err ?? err.screen,
    lang: 'en',
    signal,
  });
  for (const event of passing) reporters.listen(event);
  const failures = await reporters.close();
  return { out: out.text(), err: err.text(), failures };
}
const usage = (names: string[], outs: string[], message: string) => {
  const { screen } = fakeScreen();
  try {
    openReporters(names, outs, { out: screen, err: screen, lang: 'en', signal });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, LabError);
    assert.is((error as LabError).code, 'E_USAGE');
    assert.match((error as LabError).message, message);
  }
};

test('default: terminal, on stdout', async () => {
  const { out, err } = await run([], []);
  assert.match(out, /^Horizontal scaling[\s\S]*Passed: 2 labs/);
  assert.is(err, '');
});

test('json on stdout is one document and nothing else', async () => {
  const { out, err } = await run(['json'], []);
  assert.is(JSON.parse(out).outcome, 'passed');
  assert.is(err, '');
});

test('json on stdout with stderr on a terminal: the terminal reporter writes to stderr', async () => {
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

test('an --out belongs to the reporter that writes a document, in any order of options', async () => {
  for (const names of [['json'], ['terminal', 'json'], ['json', 'terminal']]) {
    const file = join(folder, 'report.json');
    const { out } = await run(names, [file]);
    assert.is(JSON.parse(readFileSync(file, 'utf8')).outcome, 'passed');
    assert.is(out.includes('Passed: 2 labs'), names.includes('terminal'));
    rmSync(file);
  }
});

test('a report replaces the previous one, leaves no draft, and keeps a link', async () => {
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
  const child = spawn('sh', ['-c', 'exec 3<>"$0"; exec cat <&3', pipe]);
  let read = '';
  const whole = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk) => {
      read += chunk;
      if (read.endsWith('}\n')) resolve();
    }),
  );
  await run(['json'], [pipe]);
  await whole;
  child.kill();
  assert.is(JSON.parse(read).outcome, 'passed');
  assert.ok(existsSync(pipe));
  rmSync(pipe);
});

test('an abort ends the wait for a reader of a pipe, and the report fails', async () => {
  const pipe = join(folder, 'unread');
  execFileSync('mkfifo', [pipe]);
  for (const name of ['json', 'ndjson']) {
    const { screen, text } = fakeScreen();
    const over = new AbortController();
    const reporters = openReporters([name], [pipe], { out: screen, err: screen, lang: 'en', signal: over.signal });
    for (const event of passing) reporters.listen(event);
    const closed = reporters.close();
    over.abort();
    assert.equal(
      (await closed).map(({ reporter }) => reporter),
      [name],
    );
    assert.match(text(), `${pipe}: no program reads from this pipe`);
  }
  rmSync(pipe);
});

test('wrong options are reported before the run', () => {
  usage(['yaml'], [], 'there is no reporter yaml');
  usage(['terminal'], ['x.txt'], 'each --out needs its own report: --reporter json, --reporter junit, --reporter ndjson');
  usage(['json', 'junit'], [], 'two reports cannot share stdout: give --out to all of json, junit but one');
  usage(['json', 'junit', 'ndjson'], [join(folder, 'a')], 'two reports cannot share stdout');
  usage(['json', 'ndjson'], [join(folder, 'a'), join(folder, '.', 'a')], 'two reports cannot share the file');
  usage(['json'], [join(folder, 'none', 'report.json')], 'cannot be written');
  usage(['json'], [folder], 'cannot be written');
});

test('a failing reporter does not affect the others, is reported once, and is returned', async () => {
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

test('several reporters: the nth --out belongs to the nth that writes a report; the one without writes to stdout', async () => {
  const [a, b, c] = [join(folder, 'a.json'), join(folder, 'b.xml'), join(folder, 'c.ndjson')];
  const check = (json: string, xml: string, lines: string) => {
    assert.is(JSON.parse(json).outcome, 'passed');
    assert.is(casesIn(readJunit(xml)).length, 7);
    assert.is(lines.trimEnd().split('\n').length, passing.length);
  };
  const { out, err } = await run(['json', 'terminal', 'junit', 'ndjson'], [a, b, c]);
  assert.match(out, 'Passed: 2 labs');
  assert.is(err, '');
  check(readFileSync(a, 'utf8'), readFileSync(b, 'utf8'), readFileSync(c, 'utf8'));
  assert.equal(await faultsOf(readFileSync(b, 'utf8')), []);
  const moved = await run(['ndjson', 'terminal', 'junit', 'json'], [c, b]);
  assert.match(moved.err, 'Passed: 2 labs');
  check(moved.out, readFileSync(b, 'utf8'), readFileSync(c, 'utf8'));
  for (const file of [a, b, c]) rmSync(file);
});

test('a device takes several reports, and is not replaced', async () => {
  const { failures } = await run(['json', 'junit', 'ndjson'], ['/dev/null', '/dev/null', '/dev/null']);
  assert.equal(failures, []);
  assert.ok(statSync('/dev/null').isCharacterDevice());
});

test('reporters that crash do not affect the others', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const events = mixed.map((event) =>
    event.kind === 'check-finished' ? { ...event, result: { ...event.result, evidence: circle } } : event,
  );
  const [a, b, c] = [join(folder, 'a.json'), join(folder, 'b.xml'), join(folder, 'c.ndjson')];
  const [out, err] = [fakeScreen(), fakeScreen()];
  const names = ['ndjson', 'json', 'junit', 'terminal'];
  const reporters = openReporters(names, [c, a, b], { out: out.screen, err: err.screen, lang: 'en', signal });
  for (const event of events) reporters.listen(event);
  const failures = await reporters.close();
  assert.equal(
    failures.map(({ reporter }) => reporter),
    ['ndjson', 'json'],
  );
  const [ndjson = '', json = '', ...more] = err
    .text()
    .trimEnd()
    .split('\n')
    .filter((line) => /^The/.test(line));
  assert.match(ndjson, `The ndjson reporter failed; the run itself was not affected: ${c}: Converting circular structure`);
  assert.match(json, `The json reporter failed; the run itself was not affected: ${a}: Converting circular structure`);
  assert.equal(more, []);
  assert.match(out.text(), 'Undecided after');
  assert.is(readJunit(readFileSync(b, 'utf8')).tests, '11');
  assert.not.ok(existsSync(a), 'the document is whole or not at all');
  const lines = readFileSync(c, 'utf8').trimEnd().split('\n');
  assert.is(
    lines.length,
    mixed.findIndex(({ kind }) => kind === 'check-finished'),
    'all lines before it are there',
  );
  for (const file of [b, c]) rmSync(file);
});

for (const name of ['json', 'junit', 'ndjson']) {
  test(`a folder removed during the run: ${name} fails, the others are complete`, async () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    const [file, kept] = [join(gone, 'report'), join(folder, 'kept')];
    const { screen, text } = fakeScreen();
    const other = name === 'json' ? 'junit' : 'json';
    const reporters = openReporters([name, other], [file, kept], { out: screen, err: screen, lang: 'zh-TW', signal });
    for (const [at, event] of passing.entries()) {
      if (at === 10) rmSync(gone, { recursive: true });
      reporters.listen(event);
    }
    assert.equal(
      (await reporters.close()).map((failure) => [failure.reporter, failure.file]),
      [[name, file]],
    );
    assert.is(text().indexOf(`${name} 報告失敗，但不影響執行結果：${file}: ENOENT`), 0);
    assert.match(readFileSync(kept, 'utf8'), 'images-present');
    rmSync(kept);
  });
}

test('stdout that cannot be written to fails the report that is on it', async () => {
  const broken = fakeScreen();
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC: no space left')) });
  stream.on('error', () => undefined);
  for (const name of ['json', 'junit', 'ndjson']) {
    const screen = { ...broken.screen, stream: stream as unknown as Screen['stream'] };
    const { err, failures } = await run([name], [], { out: screen });
    assert.is(failures.length, 1);
    assert.match(err, new RegExp(`^The ${name} reporter failed; the run itself was not affected: `));
  }
});

test('a closed reader of stdout is no failure', async () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  for (const name of ['json', 'junit', 'ndjson']) {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(gone) });
    stream.on('error', () => undefined);
    const { err, failures } = await run([name], [], {
      out: { ...fakeScreen().screen, stream: stream as unknown as Screen['stream'] },
    });
    assert.equal([err, failures], ['', []]);
  }
});

test('without a run, no document is written', async () => {
  const { screen, text } = fakeScreen();
  const file = join(folder, 'none.xml');
  const reporters = openReporters(['json', 'junit'], [file], { out: screen, err: screen, lang: 'en', signal });
  reporters.listen({ kind: 'note', text: verbatim('images on their way'), atMs: 0 });
  assert.equal(await reporters.close(), []);
  assert.is(text(), '');
  assert.not.ok(existsSync(file));
});

test.run();
