import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { langs, text } from '../../../../src/lab/text.ts';
import { widthOf } from '../../../../src/report/terminal/layout.ts';
import { createTerminalReporter } from '../../../../src/report/terminal/terminal.ts';
import { interrupted, killed, mixed, passing } from '../../../fixtures/events.ts';
import { fakeScreen, shownBy } from '../../../fixtures/screen.ts';

/** Refresh with UPDATE_GOLDEN=1, and read the difference before committing it. */
const golden = fileURLToPath(new URL('../../../fixtures/golden/', import.meta.url));
const streams = { passing, mixed, killed, interrupted };
type Stream = keyof typeof streams;

type Options = NonNullable<Parameters<typeof fakeScreen>[0]> & { brief?: boolean };

function rendered(stream: Stream, lang: (typeof langs)[number], { brief = false, ...options }: Options): string {
  const { screen, text } = fakeScreen(options);
  const reporter = createTerminalReporter(screen, lang, { brief });
  for (const event of streams[stream]) reporter.listen(event);
  reporter.close();
  return text();
}

function assertGolden(name: string, actual: string): void {
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(golden + name, actual);
  }
  assert.fixture(actual, readFileSync(golden + name, 'utf8'));
}

for (const stream of Object.keys(streams) as Stream[]) {
  for (const lang of langs) {
    for (const [brief, columns] of [
      [false, 80],
      [false, 120],
      [true, 60],
      [true, 80],
      [true, 120],
    ] as const) {
      const name = `${stream}.${brief ? 'brief.' : ''}${columns}.${lang}.txt`;
      test(`golden: ${name}`, () => assertGolden(name, rendered(stream, lang, { columns, brief })));
    }

    test(`${stream} in ${lang}: no line is wider than its screen, at any width`, () => {
      for (const columns of [36, 50, 60, 79, 80, 81, 100, 120, 200]) {
        // a command is not cut on a very narrow screen: the terminal wraps it
        const forms = columns < 50 ? [false] : [false, true];
        const lines = forms.flatMap((brief) => rendered(stream, lang, { columns, brief }).split('\n'));
        assert.equal(
          lines.filter((line) => widthOf(line) > columns),
          [],
          `${columns} columns`,
        );
      }
    });

    test(`${stream} in ${lang}: the permanent lines on a terminal equal those in a file`, () => {
      for (const brief of [false, true]) {
        const shown = shownBy(rendered(stream, lang, { interactive: true, brief }));
        assert.fixture(`${shown.join('\n')}`, rendered(stream, lang, { brief }));
      }
    });

    test(`${stream} in ${lang}: brief output on a narrow screen breaks no word`, () => {
      const words = (columns: number) =>
        rendered(stream, lang, { columns, brief: true })
          .replace(/ -+ /g, ' ')
          .match(/[\w.:/-]{3,}/g) ?? [];
      // others are counted beside a check that is shown, or as `passed` on a line of their own
      const wide = new Set([...words(100), 'passed']);
      assert.equal(
        words(60).filter((word) => !wide.has(word)),
        [],
      );
    });
  }
}

test('a line of output that waits for the checks is not lost, wherever the run ends', () => {
  for (const stream of [passing, mixed])
    for (const [at, event] of stream.entries()) {
      if (event.kind !== 'command-finished' || event.exitCode !== 0) continue;
      const [seen, ended] = [fakeScreen({ interactive: true }), fakeScreen()];
      for (const { screen } of [seen, ended]) {
        const reporter = createTerminalReporter(screen, 'en', { brief: true });
        for (const one of stream.slice(0, at + 1)) reporter.listen(one);
        reporter.close();
      }
      const before = stream.slice(0, at).findLast((one) => one.kind === 'command-output' || one.kind === 'command-started');
      const last = before?.kind === 'command-output' && before.stream === 'stdout' ? before.line : '';
      const [word = ''] = /^\w+/.exec(last) ?? [];
      assert.ok(ended.text().includes(word), `${last}\n${ended.text()}`);
      assert.fixture(shownBy(seen.text()).join('\n'), ended.text());
    }
});

test('without a terminal there is no escape sequence, unless colours are requested', () => {
  assert.not.match(rendered('mixed', 'en', {}), '\x1b');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for colours
  const colours = [...rendered('mixed', 'en', { color: true }).matchAll(/\x1b\[[^m]*m/g)].map(([code]) => code);
  const calm = [1, 2, 22, 31, 32, 35, 36, 39].map((code) => `\x1b[${code}m`);
  assert.equal(
    [...new Set(colours)].filter((code) => !calm.includes(code)),
    [],
    'a colour that may vanish on some background',
  );
});

test('colours do not change widths', () => {
  const lines = rendered('mixed', 'zh-TW', { color: true }).split('\n').map(widthOf);
  assert.equal(lines, rendered('mixed', 'zh-TW', {}).split('\n').map(widthOf));
});

test('the times in zh-TW are aligned', () => {
  const timed = rendered('passing', 'zh-TW', {})
    .split('\n')
    .filter((line) => /^ {4}\$.* 秒$/.test(line));
  assert.is(timed.length, 6);
  assert.equal([...new Set(timed.map(widthOf))], [80]);
});

test('the columns of the summary are aligned by visible width', () => {
  const rows = rendered('mixed', 'zh-TW', {})
    .split('\n')
    .filter((line) => /步驟 \d\/\d/.test(line));
  assert.is(rows.length, 4);
  assert.equal([...new Set(rows.map((row) => widthOf(row.slice(0, row.indexOf('步驟')))))].length, 1);
});

test('the summary fits on one screen, and its last line is the verdict', () => {
  for (const stream of ['passing', 'mixed'] as const) {
    const lines = rendered(stream, 'en', {}).trimEnd().split('\n');
    assert.ok(lines.length - lines.indexOf('Summary') <= 24);
  }
  assert.match(rendered('passing', 'en', {}), /\nPassed: 2 labs, 7 checks, in 1 m 17 s\.\n$/);
});

test('a command ended by a time limit is shown as unfinished, with its last output', () => {
  const { screen, text: written } = fakeScreen();
  const { listen } = createTerminalReporter(screen, 'en');
  for (const event of killed) listen(event);
  const reason = { message: text('E_TIMEOUT: too slow', 'E_TIMEOUT：太慢'), hint: text('--timeout', '--timeout') };
  listen({ kind: 'step-finished', atMs: 0, lab: 'setup', step: 'build', outcome: 'errored', durationMs: 0, reason, hints: [] });
  assert.match(written(), /docker-compose build +unfinished\n {6}Step 1\/7 : FROM python:3.11-slim\n {4}! E_TIMEOUT: too slow\n/);
});

test('an event on a closed screen throws to the caller, and close still works', () => {
  const { screen } = fakeScreen({ interactive: true });
  const broken = {
    ...screen,
    write: () => {
      throw new Error('gone');
    },
  };
  const reporter = createTerminalReporter(broken, 'en');
  assert.throws(() => passing.forEach(reporter.listen), 'gone');
});

test.run();
