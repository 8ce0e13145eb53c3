import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertMirror, assertOptions, examOf, type GradeOptions } from '../../../../src/cli/commands/grading/options.ts';
import { LabError } from '../../../../src/lab/error.ts';

const options = (over: Partial<GradeOptions> = {}): GradeOptions => ({
  out: 'grades',
  tutorial: 'compose-scale',
  engine: 'private',
  ...over,
});
const check = (over: Partial<GradeOptions>) => assertOptions(options(over), { engine: over.engine ?? 'private' });

/** The usage error that a function throws. */
function refusal(work: () => unknown): LabError {
  try {
    work();
  } catch (error) {
    assert.instance(error, LabError);
    assert.is((error as LabError).code, 'E_USAGE');
    return error as LabError;
  }
  throw new Error('nothing was thrown');
}

const mailFrom = { address: 'ta@school.example' };
const exclusions: readonly (readonly [Partial<GradeOptions>, RegExp, RegExp])[] = [
  [{ classKey: 'class.key' }, /^lab grade: --class-key needs --queue$/, /^lab grade：--class-key 要搭配 --queue 使用$/],
  [
    { queue: 'redis://localhost', jobs: 2 },
    /--jobs is for grading on this machine.*`lab worker`/,
    /--jobs 只適用於.*`lab worker`/,
  ],
  [{ pseudonyms: 'key', mailFrom }, /--mail-from writes real names.*--pseudonyms/, /--mail-from 會寫出真實姓名.*--pseudonyms/],
  [{ pseudonyms: 'key', classroom50: true }, /--classroom50 writes real names/, /--classroom50 會寫出真實姓名/],
  [
    { engine: 'docker', registryMirror: 'https://mirror.example' },
    /--registry-mirror is for the grading engine/,
    /--registry-mirror 只適用於評分引擎/,
  ],
];
for (const [over, english, chinese] of exclusions)
  test(`excluded: ${Object.keys(over).join(' and ')}`, () => {
    const { text, hint } = refusal(() => check(over));
    assert.match(text.en, english);
    assert.match(text['zh-TW'] ?? '', chinese);
    assert.ok(hint.en.length > 10 && (hint['zh-TW'] ?? '').length > 5);
  });

test('each of these options alone, and those that belong together, are permitted', () => {
  const permitted: readonly Partial<GradeOptions>[] = [
    {},
    { jobs: 2 },
    { queue: 'redis://localhost' },
    { queue: 'redis://10.0.0.5', classKey: 'class.key', pseudonyms: 'key', registryMirror: 'https://mirror.example' },
    { pseudonyms: 'key' },
    { mailFrom, classroom50: true },
    { engine: 'docker', queue: 'redis://localhost' },
  ];
  for (const one of permitted) assert.not.throws(() => check(one), JSON.stringify(one));
});

test('a mirror needs the grading engine, for a worker too', () => {
  assert.not.throws(() => assertMirror('https://mirror.example', 'private'));
  assert.not.throws(() => assertMirror(undefined, 'docker'));
  assert.match(refusal(() => assertMirror('https://mirror.example', 'docker')).hint.en, 'daemon.json');
});

test('an exam needs its count and seed, and excludes a rubric', () => {
  assert.is(examOf(options()), undefined);
  assert.equal(examOf(options({ exam: 5, seed: 0 })), { count: 5, seed: 0 });
  for (const half of [{ exam: 5 }, { seed: 0 }])
    assert.match(refusal(() => examOf(options(half))).text.en, '--exam and --seed are used together');
  const both = refusal(() => examOf(options({ exam: 5, seed: 0, rubric: 'rubric.yaml' })));
  assert.match(both.text.en, "--exam and --rubric can't be combined");
  assert.match(both.text['zh-TW'] ?? '', '不能一起使用');
});

test.run();
