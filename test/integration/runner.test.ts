import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, source } from '../helpers/program.ts';

/** Tests the test runner on small temporary trees. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const uvu = `import { test } from 'uvu'; import * as assert from 'uvu/assert';\n`;
/** The runner, compiled once, because each test starts it again. */
const runner = compile(`import ${source('test/run.ts')};`);
const passes = `${uvu}test('one', () => {}); test('two', () => {}); test.run();\n`;

function run(files: Record<string, string>, ...args: string[]): { status: number | null; lines: string[] } {
  const tree = mkdtempSync(join(tmpdir(), 'lab-runner-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, 'test', path)), { recursive: true });
      writeFileSync(join(tree, 'test', path), text);
    }
    writeFileSync(join(tree, 'package.json'), '{"type":"module"}');
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    copyFileSync(runner, join(tree, 'test', 'run.mjs'));
    const { stdout, status } = spawnSync(process.execPath, ['test/run.mjs', ...args], {
      cwd: tree,
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** A zombie process counts as ended. */
function runs(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z/.test(readFileSync(stat, 'utf8'));
}

test('the tests of all files are counted; exit 0 if all pass', () => {
  const { status, lines } = run({
    'a.test.ts': passes,
    'deep/b.test.ts': passes,
    'integration/c.test.ts': passes,
    'no-test.ts': 'throw 1',
  });
  assert.is(lines.at(-1), '6 passed, 0 failed');
  assert.is(lines[3], 'slowest files:');
  const seconds = lines.slice(4, -1).map((line) => Number(/^ +([\d.]+) s {2}test\/\S+$/.exec(line)?.[1]));
  assert.is(seconds.length, 3);
  assert.equal(
    seconds,
    seconds.toSorted((a, b) => a - b),
  );
  assert.is(status, 0);
});

test('the output of a failing file is shown in full; a file that throws, exits with an error or runs no test fails too', () => {
  const { status, lines } = run({
    'fails.test.ts': `${uvu}test('one', () => {}); test('two', () => assert.is(1, 2, 'one is not two')); test.run();`,
    'breaks.test.ts': `${uvu}throw new Error('broken at once');`,
    'exits.test.ts': `${uvu}test('one', () => {}); test.run(); process.on('exit', () => { process.exitCode = 7; });`,
    'forgets.test.ts': `${uvu}test('never run', () => {});`,
    'good.test.ts': passes,
  });
  assert.is(lines.at(-1), '4 passed, 4 failed');
  assert.is(status, 1);
  const output = lines.join('\n');
  for (const piece of [
    'one is not two',
    'broken at once',
    '(exit 7)',
    'forgets.test.ts  0/0',
    '(no test ran)',
    'ok      test/good.test.ts  2/2',
  ])
    assert.ok(output.includes(piece), `${piece} in\n${output}`);
});

test('a file that exceeds its time limit is killed, with all processes that it started', () => {
  const { status, lines } = run({
    'hangs.test.ts': `// time limit: 1 s\n${uvu}import { spawn } from 'node:child_process';
test('one', async () => { const { pid } = spawn('sleep', ['61'], { stdio: 'inherit' }); console.log('started ' + pid + '.'); await new Promise((r) => setTimeout(r, 60_000)); }); test.run();`,
  });
  assert.is(lines.at(-1), '0 passed, 1 failed');
  assert.match(lines[0] ?? '', 'no end within 1 s');
  assert.is(status, 1);
  const pid = Number(/started (\d+)\./.exec(lines.join('\n'))?.[1]);
  assert.not.ok(runs(pid));
});

test('arguments select files; slow files run only with --slow', () => {
  const files = { 'a.test.ts': passes, 'b.test.ts': passes, 'slow/c.test.ts': passes };
  assert.is(run(files).lines.at(-1), '4 passed, 0 failed');
  assert.is(run(files, '--slow').lines.at(-1), '6 passed, 0 failed');
  assert.is(run(files, 'b.test').lines.at(-1), '2 passed, 0 failed');
  const none = run(files, 'zzz');
  assert.equal(none, { status: 1, lines: ['no test file has zzz in its path', '0 passed, 0 failed'] });
});

/** A test file that prints when it began and ended. It fails, because the runner prints output only of failing files. */
const span = `${uvu}test('-', async () => { console.log('from ' + Date.now() + '.'); await new Promise((r) => setTimeout(r, 300)); console.log('to ' + Date.now() + '.'); assert.ok(false); }); test.run();`;
/** The times when each file began and ended, by path. */
function spans(lines: readonly string[]): Record<string, { from: number; to: number }> {
  const files = lines.join('\n').split('FAILED').slice(1);
  const number = (text: string, what: string) => Number(new RegExp(`${what} (\\d+)\\.`).exec(text)?.[1]);
  return Object.fromEntries(
    files.map((text) => [/test\/(\S+)/.exec(text)?.[1] ?? '', { from: number(text, 'from'), to: number(text, 'to') }]),
  );
}

test('a file with `// alone` runs alone', () => {
  const at = spans(run({ 'a.test.ts': span, 'b.test.ts': `// alone: for some reason\n${span}` }).lines);
  assert.ok((at['b.test.ts']?.from ?? 0) >= (at['a.test.ts']?.to ?? Number.NaN));
});

test('a file with `// alone on the engine` runs before the other files on the engine', () => {
  const at = spans(
    run({
      'integration/a.test.ts': span,
      'integration/b.test.ts': `// alone on the engine: for some reason\n${span}`,
      'integration/c.test.ts': span,
    }).lines,
  );
  for (const other of ['a', 'c'])
    assert.ok((at[`integration/${other}.test.ts`]?.from ?? 0) >= (at['integration/b.test.ts']?.to ?? Number.NaN), other);
});

test('the file with the longest time limit starts first', () => {
  const files = { 'a.test.ts': `// alone\n${span}`, 'b.test.ts': `// time limit: 700 s\n// alone\n${span}` };
  const at = spans(run(files).lines);
  assert.ok((at['a.test.ts']?.from ?? 0) >= (at['b.test.ts']?.to ?? Number.NaN));
});

test.run();
