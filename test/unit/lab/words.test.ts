import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listed, nameOf, replicaCount, sameSet, short, textWith } from '../../../src/checks/evidence/stack-facts.ts';
import { defineCheck } from '../../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../../src/lab/define.ts';
import { errorCodes, LabError } from '../../../src/lab/error.ts';
import { joinTexts, type Text, text, verbatim } from '../../../src/lab/text.ts';
import type { Lab, Step, Tutorial } from '../../../src/lab/tutorial.ts';
import { type Outcome, overall, passed } from '../../../src/lab/verdict.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';

test('textWith: each language gets its own values, and a value is never used as a template', () => {
  const values = { who: text('flask', '程式'), n: 3 };
  assert.equal(textWith('{n} of {who}', '{who} {n} 個', values), { en: '3 of flask', 'zh-TW': '程式 3 個' });
  assert.equal(textWith('{a}', '{a}', { a: '{b} $& $1', b: 'no' }), verbatim('{b} $& $1'));
  assert.equal(textWith('{other} {n}', '{other} {n}', { n: 0 }), verbatim('{other} 0'));
});

test('lists, counts and names', () => {
  assert.equal(listed(['a', 'b']), text('a, b', 'a、b'));
  assert.equal(listed([]), text('none', '沒有'));
  assert.equal([replicaCount(1).en, replicaCount(0).en, replicaCount(3)['zh-TW']], ['1 replica', '0 replicas', '3 個副本']);
  assert.equal([short('0123456789abcdef'), short('a')], ['0123456789ab', 'a']);
  assert.equal([nameOf({ services: { redis: 'cache' } }, 'redis'), nameOf({ services: {} }, 'redis')], ['cache', 'redis']);
  assert.equal(
    [sameSet(['b', 'a'], ['a', 'b']), sameSet(['a'], ['a', 'a']), sameSet(['a', 'b'], ['a', 'a'])],
    [true, false, false],
  );
  assert.equal(joinTexts([text('a', '甲'), text('b', '乙')], text(' and ', '和')), text('a and b', '甲和乙'));
});

test('the overall outcome: errored, else failed, else passed; skipped only if every part is skipped', () => {
  const cases: [Outcome[], Outcome][] = [
    [['passed', 'failed', 'errored', 'skipped'], 'errored'],
    [['passed', 'failed', 'skipped'], 'failed'],
    [['passed', 'skipped'], 'passed'],
    [['skipped', 'skipped'], 'skipped'],
    [['passed'], 'passed'],
    [[], 'passed'],
  ];
  for (const [parts, whole] of cases) assert.is(overall(parts), whole, parts.join(', '));
});

test('an error has a code with an exit code, and keeps its cause', () => {
  const cause = new Error('why');
  const error = new LabError('E_LAB_UNKNOWN', text('no lab', '沒有'), text('look', '看'), { cause });
  assert.equal([error.exitCode, error.message, error.name, error.cause], [2, 'no lab', 'LabError', cause]);
  for (const [code, exitCode] of Object.entries(errorCodes)) assert.ok([2, 3, 130].includes(exitCode), code);
});

const check = (id: string) =>
  defineCheck({ id, claim: verbatim(id), gather: async () => id, judge: (facts) => passed(verbatim(facts)) });
const step = (id: string, over: Partial<Step> = {}): Step => ({
  id,
  title: verbatim(id),
  teach: verbatim(id),
  hints: [verbatim('1'), verbatim('2'), verbatim('3')],
  run: async () => undefined,
  verify: [check('one')],
  ...over,
});
const lab = (id: string, over: Partial<Lab> = {}): Lab =>
  defineLab({ id, title: verbatim(id), stack: 'base', steps: [step('a')], ...over });
const tutorial = (labs: Lab[]): Tutorial => ({
  id: 't',
  title: verbatim('t'),
  stacks: { base: { id: 'base', dir: 'base', services: { web: { name: 'web' } }, probeFrom: 'web' } },
  labs,
});

test('an invalid tutorial is refused with the reason', () => {
  const refused = (labs: Lab[], why: string) =>
    assert.throws(
      () => defineTutorial(tutorial(labs)),
      (error: Error) =>
        error instanceof LabError &&
        error.code === 'E_LAB_INVALID' &&
        error.message === `tutorial t: ${why}` &&
        error.text['zh-TW'].startsWith('教學 t：'),
    );
  assert.is(defineTutorial(tutorial([lab('x'), lab('y', { needs: ['x'] })])).labs.length, 2);
  refused([lab('x'), lab('x')], 't: the ID x occurs twice');
  refused([lab('x', { stack: 'other' })], 't/x: the stack other does not exist');
  const strange = step('a', { verify: [{ ...check('one'), roles: ['db'] }] });
  refused([lab('x', { steps: [strange] })], 't/x/a/one: it names db, which is not a role of the stack base');
  refused([lab('x', { needs: ['y'] })], 't/x: it needs y, which does not exist');
  refused([lab('x', { steps: [step('a'), step('a')] })], 't/x: the ID a occurs twice');
  refused([lab('x', { steps: [step('a', { verify: [] })] })], 't/x/a: it has no check: nothing would show that it was done');
  refused([lab('x', { steps: [step('a', { verify: [check('one'), check('one')] })] })], 't/x/a: the ID one occurs twice');
  refused([lab('x', { steps: [step('a', { needs: ['b'] }), step('b')] })], 't/x/a: it needs b, which comes after it');
  refused([lab('x', { steps: [step('a', { needs: ['a'] })] })], 't/x: they need one another: a → a');
  const needy = { ...check('one'), needs: ['two'] };
  refused([lab('x', { steps: [step('a', { verify: [needy, check('two')] })] })], 't/x/a/one: it needs two, which comes after it');
  refused([lab('x', { steps: [step('a', { verify: [needy] })] })], 't/x/a/one: it needs two, which does not exist');
  refused([lab('x'), lab('x', { needs: ['y'] })], 't: the ID x occurs twice\nt/x: it needs y, which does not exist');
});

test('a lab runs its steps in order, and verifies the checks of its last step in one look', async () => {
  const order: string[] = [];
  const run = (id: string) => async () => void order.push(id);
  const made = lab('x', {
    steps: [step('a', { run: run('a') }), step('b', { run: run('b'), verify: [check('one'), check('two')] })],
  });
  await made.run({} as never);
  assert.equal(order, ['a', 'b']);
  assert.equal(await made.verify({} as never), [passed(verbatim('one')), passed(verbatim('two'))]);
});

test('assertComplete fails for an incomplete text', () => {
  const wrong = [
    text('', '好'),
    text('good', ' '),
    text('{open}', '好'),
    text('good', '{open} 好'),
    text('undefined', '好'),
    text('the good one', 'the good one'),
    text('one, two', 'one、three'),
    text('好', '好'),
  ];
  const holds = (one: Text) => {
    try {
      assertComplete(one, 'it');
      return true;
    } catch {
      return false;
    }
  };
  for (const one of wrong) assert.not.ok(holds(one), JSON.stringify(one));
  for (const fine of [text('good', '好'), text('a, b', 'a、b'), verbatim('docker compose up -d'), text('"the x"', '「the x」')])
    assert.ok(holds(fine), fine.en);
});

test.run();
