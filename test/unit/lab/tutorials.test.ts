import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { langs } from '../../../src/lab/text.ts';
import { wrap } from '../../../src/report/terminal/layout.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';

/** Rules for every tutorial that labwright contains. */

const labs = tutorials.flatMap((tutorial) => tutorial.labs.map((lab) => ({ tutorial, lab })));
const steps = labs.flatMap(({ lab }) => lab.steps.map((step) => ({ step, lab, where: `${lab.id}/${step.id}` })));
const checks = steps.flatMap(({ step, where }) => step.verify.map((check) => ({ check, step, where: `${where}/${check.id}` })));

test('five labs with at least forty checks', () => {
  assert.equal(
    labs.map(({ lab }) => lab.id),
    ['setup', 'scale', 'balance', 'cleanup', 'nginx'],
  );
  assert.ok(checks.length >= 40, `${checks.length} checks`);
});

test('every text exists in both languages', () => {
  for (const tutorial of tutorials) assertComplete(tutorial.title, tutorial.id);
  for (const { lab } of labs) assertComplete(lab.title, lab.id);
  for (const { step, where } of steps) {
    assertComplete(step.title, `${where}: title`);
    assertComplete(step.teach, `${where}: teach`);
    for (const [at, hint] of step.hints.entries()) assertComplete(hint, `${where}: hint ${at + 1}`);
  }
  for (const { check, where } of checks) assertComplete(check.claim, where);
});

test('the first paragraph of an explanation has two lines at most', () => {
  for (const { step, where } of steps)
    for (const lang of langs) {
      const lines = wrap(step.teach[lang].split('\n')[0] ?? '', 78);
      assert.ok(lines.length <= 2, `${where}: ${lines.join('|')}`);
    }
});

test('three hints, from vague to exact: the last contains a command, the first does not reveal it', () => {
  for (const { step, where } of steps) {
    const [vague, , exact] = step.hints;
    const commands = exact.en.match(/docker compose [^,]+|curl \S+/g) ?? [];
    assert.ok(commands.length > 0, `${where}: ${exact.en}`);
    for (const lang of ['en', 'zh-TW'] as const) {
      assert.not.ok(vague[lang].includes(exact[lang]), where);
      for (const command of commands) {
        assert.not.ok(vague[lang].includes(command.trim()), `${where}: ${vague[lang]}`);
        // the command without `docker compose` would reveal it too
        assert.not.ok(vague[lang].includes(command.replace('docker compose ', '').trim()), `${where}: ${vague[lang]}`);
      }
    }
    assert.is(new Set(step.hints.map((hint) => hint.en)).size, 3, `${where}: the same hint twice`);
  }
});

test('IDs are lower-case words, and each is unique', () => {
  const ids = [
    tutorials.map(({ id }) => id),
    ...tutorials.map(({ labs }) => labs.map(({ id }) => id)),
    ...labs.map(({ lab }) => lab.steps.map(({ id }) => id)),
    ...steps.map(({ step }) => step.verify.map(({ id }) => id)),
  ];
  for (const group of ids) {
    assert.is(new Set(group).size, group.length, group.join(', '));
    for (const id of group) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  }
});

test('labs, steps and checks come after those that they need', () => {
  for (const { tutorial, lab } of labs) {
    const before = tutorial.labs.slice(0, tutorial.labs.indexOf(lab)).map(({ id }) => id);
    for (const need of lab.needs ?? []) assert.ok(before.includes(need), `${lab.id} needs ${need}`);
  }
  for (const { step, lab, where } of steps) {
    const before = lab.steps.slice(0, lab.steps.indexOf(step)).map(({ id }) => id);
    for (const need of step.needs ?? []) assert.ok(before.includes(need), `${where} needs ${need}`);
  }
  for (const { check, step, where } of checks) {
    const before = step.verify.slice(0, step.verify.indexOf(check)).map(({ id }) => id);
    for (const need of check.needs ?? []) assert.ok(before.includes(need), `${where} needs ${need}`);
  }
});

test.run();
