import { readFileSync } from 'node:fs';
import type { CaseResult } from '../src/authoring/gate/run-case.ts';
import type { Lang } from '../src/lab/text.ts';
import { envFor, runBin } from './helpers/bin.ts';
import { testEngine } from './helpers/engine.ts';
import { folder } from './helpers/folder.ts';

/**
 * Prints what a learner reads first about each mistake of the gate, as a numbered list without titles, so that a reader can try to name each fault from the
 * message alone. The titles follow at the end, by number.
 *
 *     node --import tsx test/messages.ts [--lang zh-TW] [report.json]
 *
 * `report.json` is what `lab test --json` printed; without it, the gate runs first.
 */
const args = process.argv.slice(2);
const at = args.indexOf('--lang');
const lang = (at < 0 ? 'en' : args[at + 1]) as Lang;
const [path] = at < 0 ? args : args.toSpliced(at, 2);

async function runGate(): Promise<string> {
  await using engine = await testEngine();
  const { stdout, stderr } = await runBin(['test', '--json'], envFor(engine, folder()));
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

interface Reported extends Pick<CaseResult, 'id' | 'at' | 'message'> {
  readonly what: string;
}

const report = JSON.parse(path === undefined ? await runGate() : readFileSync(path, 'utf8')) as {
  readonly cases: readonly Reported[];
};
const cases = report.cases.filter(({ message }) => message);
/** The same order in each run, and not the order of the steps. */
const shuffled = cases.toSorted((a, b) => (a.id.split('').reverse().join('') < b.id.split('').reverse().join('') ? -1 : 1));

for (const [number, { message }] of shuffled.entries()) {
  if (!message) continue;
  const lines = [
    `${number + 1}. ${message.claim[lang]}`,
    `   expected  ${message.expected[lang]}`,
    `   saw       ${message.saw[lang]}`,
    ...message.log.map((line) => `             | ${line}`),
    `   try next  ${message.tryNext[lang]}`,
  ];
  console.log(`${lines.join('\n')}\n`);
}
console.log('--- what was done ---');
for (const [number, { id, at: step, what }] of shuffled.entries()) console.log(`${number + 1}. ${what} (${id}, ${step})`);
