import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { promptsOn } from '../../../src/cli/prompts/prompts.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import { langs, verbatim } from '../../../src/lab/text.ts';
import { openReporters } from '../../../src/report/reporters.ts';
import { createClassProgress } from '../../../src/report/terminal/class-progress.ts';
import { mixed } from '../../fixtures/events.ts';
import { fakeScreen, shownBy } from '../../fixtures/screen.ts';
import { anyUnseen, steering, unseen } from '../../fixtures/unseen.ts';
import { folder } from '../../helpers/folder.ts';

/** Text from others, through each real reporter: names, claims, output of commands, messages. */

const ours = new Set(['kind', 'outcome', 'stream', 'startedAt', 'mode']);
const poisoned = <Value>(value: Value, poison: string): Value => {
  if (typeof value === 'string') return `${value}${poison}` as Value;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, poison)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, ours.has(key) ? one : poisoned(one, poison)]);
  return Object.fromEntries(entries) as Value;
};
const events = mixed.map((event): RunEvent => poisoned(event, steering));
/** The colours that the program uses; no other sequence is ignored. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal reads
const colours = /\x1b\[(?:[12]|22|3[1-69])m/g;

const report = async (
  names: string[],
  options: Parameters<typeof fakeScreen>[0],
  outs: string[] = [],
  given: readonly RunEvent[] = events,
) => {
  const [out, err] = [fakeScreen(options), fakeScreen(options)];
  const reporters = openReporters(names, outs, {
    out: out.screen,
    err: err.screen,
    lang: 'zh-TW',
    signal: new AbortController().signal,
  });
  for (const event of given) reporters.listen(event);
  assert.equal(await reporters.close(), []);
  return out.text();
};

test('plain lines', async () => {
  for (const columns of [40, 80, 500]) {
    const output = await report(['terminal'], { columns });
    assert.not.match(output, anyUnseen);
    assert.match(output, columns === 500 ? '[U+202E]x[U+001B][2Jx' : '[U+202E]');
  }
});

test('coloured lines: no control sequences but our own colours', async () => {
  const output = await report(['terminal'], { color: true, columns: 500 });
  assert.match(output, colours);
  assert.not.match(output.replaceAll(colours, ''), anyUnseen);
});

test('colours in untrusted text have no effect: it cannot show itself in green', async () => {
  const green = mixed.map((event): RunEvent => poisoned(event, ' \u001b[32m✓ passed\u001b[39m'));
  const [theirs, none] = [
    await report(['terminal'], { color: true }, [], green),
    await report(['terminal'], { color: true }, [], mixed),
  ];
  const passes = (output: string) => output.split('\u001b[32m✓').length;
  assert.is(passes(theirs), passes(none));
});

test('a live terminal: only the cursor movements of the live lines are added', async () => {
  const output = await report(['terminal'], { interactive: true, columns: 120 });
  // a sequence that a live region does not need throws
  for (const row of shownBy(output)) assert.not.match(row, anyUnseen);
});

for (const name of ['json', 'ndjson', 'junit'])
  test(`${name}: in a file and on stdout`, async () => {
    const file = join(folder(), 'report');
    await report([name], {}, [file]);
    const written = readFileSync(file, 'utf8');
    for (const one of [written, await report([name], {})]) assert.not.match(one, anyUnseen);
    if (name === 'junit') return assert.match(written, '[U+202E]x[U+001B][2Jx');
    const first = name === 'json' ? JSON.parse(written) : JSON.parse(written.split('\n')[0] ?? '');
    assert.is(
      first.tutorial.title,
      `${events[0]?.kind === 'run-started' ? events[0].title['zh-TW'] : ''}`,
      'data comes back as it was',
    );
  });

test('each code point, through the screen of every command', () => {
  for (const options of [{}, { color: true }, { interactive: true, color: true }])
    for (const one of unseen) {
      const { screen, text } = fakeScreen(options);
      screen.write(`name: x${one}y ${screen.paint.red(`x${one}y`)}\n`);
      assert.not.match(text().replaceAll(colours, ''), anyUnseen);
    }
});

test('the line that changes while a command runs, and the table of a class', () => {
  const { screen, text } = fakeScreen({ interactive: true, columns: 300 });
  const prompts = promptsOn({ err: screen, lang: 'en', unattended: true, signal: new AbortController().signal });
  prompts.progress(verbatim(steering));
  const rows = shownBy(text());
  prompts.end();
  assert.match(rows[0] ?? '', /^⠋ \S/);
  for (const row of rows) assert.not.match(row, anyUnseen);
  assert.equal(shownBy(text()).filter(Boolean), []);
  for (const lang of langs) {
    const table = fakeScreen({ interactive: true, columns: 300 });
    const progress = createClassProgress(table.screen, lang, () => 0);
    progress.update({ queued: 0, running: [steering], control: false, done: 0, review: 0, known: 0 });
    progress.printLine(steering);
    progress.close();
    for (const row of shownBy(table.text())) assert.not.match(row, anyUnseen);
  }
});

test.run();
