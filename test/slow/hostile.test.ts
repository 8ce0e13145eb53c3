// time limit: 1800 s
// alone
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { standardRubric } from '../../src/grade/rubric/rubric.ts';
import type { Grade, Gradebook } from '../../src/grade/types.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { differences } from '../fixtures/class-expected.ts';
import { type ExpectedSlow, expectedSlow } from '../fixtures/class-hostile-slow.ts';
import { runBin } from '../helpers/bin.ts';
import { type Canaries, setCanaries } from '../helpers/canaries.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';

/** Grades submissions that exceed a limit or have dangerous names beside right ones: no other submission loses points, no canary is reached, nothing is left. */
const test = suite<{ canaries: Canaries }>('hostile submissions');
test.before(async (it) => {
  it.canaries = await setCanaries();
});
// they are missing if they could not be set: the reason is reported, and not hidden by an error here
test.after(({ canaries }) => canaries?.close());

const slowDir = join(root, 'test/fixtures/class-slow');
/** CI grades one of each kind. */
const likeOthers = [
  ...['chatty-build', 'deep-folders', 'disk-layer', 'disk-volume', 'endless-body', 'fork-bomb-build', 'garbage', 'huge-image'],
  ...['disk-unlinked', 'many-files', 'memory-build', 'only-our-agent'],
  ...['access-log-flood', 'disk-mounted', 'log-flood', 'memory-tmpfs', 'redirects', 'shell-drips', 'slow-body'],
].map((name) => `hostile-${name}`);
const graded = readdirSync(slowDir).filter((name) => repeats(1, 0) || !likeOthers.includes(name));
const slow = graded.map((name) => join(slowDir, name));
const strange = ['=1+1', '<script>alert(1)<', '@SUM(1)', '-2+3', "a'b&c"];
const right = ['right-one', 'right-two'];

/** A rubric with low limits, so that submissions exceed them soon. */
function shortRubric(): string {
  const short = { buildSeconds: 15, stepSeconds: 25, totalSeconds: 150, diskMb: 100 };
  const text = Object.entries(short).reduce(
    (yaml, [name, value]) => yaml.replace(new RegExp(`^  ${name}: \\d+$`, 'm'), `  ${name}: ${value}`),
    readFileSync(standardRubric(composeScale), 'utf8'),
  );
  for (const [name, value] of Object.entries(short)) assert.match(text, new RegExp(`^  ${name}: ${value}$`, 'm'));
  return join(folder({ 'rubric.yaml': text }), 'rubric.yaml');
}

test('submissions that exceed a limit or have dangerous names get the expected grade, and reach no canary', async ({
  canaries,
}) => {
  const named = folder();
  for (const name of strange) cpSync(join(root, 'test/fixtures/class/hostile-host-root'), join(named, name), { recursive: true });
  const [first = '', second = ''] = right.map(copyOfReference);
  const half = Math.ceil(slow.length / 2);
  const all = [...slow.slice(0, 1), first, ...slow.slice(1, half), second, ...slow.slice(half)];
  const out = join(folder(), 'out');
  const startedMs = performance.now();
  const args = [...all, ...strange.map((name) => join(named, name)), '--out', out, '--rubric', shortRubric(), '--jobs', '4'];
  const ended = await runBin(['grade', ...args], canaries.env);
  console.log(`${all.length} that are run: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  assert.ok(ended.exitCode === 0 || ended.exitCode === 3, `it ended with ${ended.exitCode}:\n${ended.stdout}${ended.stderr}`);

  // 3 is also the machine's: a reference solution that does not pass here stops the class
  assert.ok(existsSync(join(out, 'grades.json')), `nothing was graded:\n${ended.stdout}${ended.stderr}`);
  const { entries } = JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8')) as Gradebook;
  assert.is(entries.length, all.length + strange.length);
  const wrong = entries.flatMap(({ student: { id }, grade }) => {
    const limited = expectedSlow.find(({ name }) => name === id);
    const refused = strange.includes(id) ? ({ status: 'refused', refusal: 'path-absolute' } as const) : undefined;
    const found = limited ? outOfRange(grade, limited) : differences(grade, { name: id, status: 'graded', ...refused });
    return found.map((difference) => `${id}: ${difference}`);
  });
  assert.is(wrong.join('\n'), '');
  await canaries.assertUntouched(out, ended);
  await canaries.assertNothingLeft();
});

test('an expectation exists for each slow submission', () => {
  const all = readdirSync(slowDir);
  assert.equal(expectedSlow.map(({ name }) => name).toSorted(), all.toSorted());
  assert.ok(likeOthers.every((name) => all.includes(name)));
});

function outOfRange(grade: Grade, { lost: [least, most], says }: ExpectedSlow): string[] {
  const stopped = grade.status === 'review' && grade.checks.some(({ notShown }) => notShown !== undefined);
  const lost = stopped ? grade.max : grade.max - (grade.points ?? Number.NaN);
  const failed = grade.checks.filter(({ points, max }) => points < max);
  const messages = [
    ...failed.map((one) => `${one.actual?.en} ${one.because?.en}`),
    ...(grade.cause ? [grade.cause.text.en] : []),
  ];
  const found =
    lost >= least && lost <= most ? [] : [`${grade.status}, lost ${lost}: ${grade.review?.en ?? messages.join('; ')}`];
  return says && !messages.some((one) => says.test(one))
    ? [...found, `no message matches ${says}: ${messages.join('; ')}`]
    : found;
}

/** Another right submission, with a different hash. */
function copyOfReference(name: string): string {
  const dir = join(mkdtempSync(join(folder(), 'class-')), name);
  cpSync(join(assets, composeScale.id, 'nginx'), dir, { recursive: true });
  writeFileSync(join(dir, 'README.md'), `# ${name}\n`);
  return dir;
}

test.run();
