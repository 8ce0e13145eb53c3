import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { requiredImages } from '../../../src/docker/images/required-images.ts';
import { imageFor, imagesRun } from '../../../src/grade/policy/images.ts';
import { judgePolicy } from '../../../src/grade/policy/policy.ts';
import { type Control, controlOf } from '../../../src/grade/reference-solution.ts';
import { loadRubric, standardRubric } from '../../../src/grade/rubric/rubric.ts';
import { assets } from '../../../src/platform/package-root.ts';
import { withImageList } from '../../fixtures/image-list.ts';
import { folder } from '../../helpers/folder.ts';

/** How the reference solution is graded, for any rubric. */

const path = standardRubric(composeScale);
const listed = (of: string) => join(folder({ 'rubric.yaml': withImageList(readFileSync(of, 'utf8')) }), 'rubric.yaml');

/** The rubric with these replacements, and the control for it. */
async function controlFor(stack: 'base' | 'nginx', of: string, edits: readonly (readonly [string, string])[]) {
  const source = edits.reduce(
    (text, [from, to]) => {
      assert.ok(text.includes(from), `the rubric has no ${from}`);
      return text.replaceAll(from, to);
    },
    withImageList(readFileSync(of, 'utf8')),
  );
  const rubric = await loadRubric(join(folder({ 'rubric.yaml': source }), 'rubric.yaml'), composeScale);
  const spec = composeScale.stacks[stack];
  if (!spec) throw new Error(`no stack ${stack}`);
  const standard = await loadRubric(listed(path), composeScale);
  const images = await requiredImages(join(assets, 'compose-scale'));
  return { rubric, control: controlOf(join(assets, 'compose-scale', spec.dir), spec, { rubric, standard, images }) };
}

const imagesOf = async (control: Control) => {
  const judged = await judgePolicy(control.path, 'compose.yaml', control.rubric);
  if (!judged.ok) throw new Error(judged.refusals.map(({ text }) => text.en).join('; '));
  const { services } = judged.stack;
  return Object.fromEntries(
    Object.entries(services).map(([name, { image, build }]) => [name, image ?? build?.dockerfileText.split('\n')[0]]),
  );
};

test('the reference solution keeps its own names, whatever the rubric calls the services of the class', async () => {
  const { rubric, control } = await controlFor('nginx', path, [
    ['flask: flask', 'flask: web'],
    ['redis: redis-server', 'redis: redis'],
    ['images:', 'without: [flask, redis-server]\nimages:'],
  ]);
  assert.is(rubric.services['flask'], 'web');
  assert.equal(control.spec, composeScale.stacks['nginx']);
  assert.equal(control.rubric.services, { flask: 'flask', redis: 'redis-server', nginx: 'nginx' });
  assert.equal(await imagesOf(control), { flask: 'FROM python:3.13-slim', 'redis-server': 'redis:8.0', nginx: 'nginx:1.26' });
});

test('it is graded with the checks and points of the rubric, without deductions for remarks', async () => {
  const { rubric, control } = await controlFor('nginx', path, [['notes:', 'notes:\n  ports: { goal: stack, costs: 5 }']]);
  assert.equal(rubric.notes['ports'], { goal: 'stack', points: 5 });
  assert.equal([control.rubric.notes, control.rubric.checks, control.rubric.max], [{}, rubric.checks, rubric.max]);
});

test('it runs on the images of the rubric, or on its own image if the rubric lists none for it', async () => {
  const { rubric, control } = await controlFor('nginx', path, [
    ["as: 'redis:8.0'", "as: 'docker.io/library/redis:7'"],
    ["match: 'nginx:*', as: 'nginx:1.26'", "match: 'caddy:*', as: 'caddy:2'"],
    ["as: 'python:3.13-slim'", "as: 'my-python:1'"],
  ]);
  assert.equal(await imagesOf(control), { flask: 'FROM my-python:1', 'redis-server': 'redis:7', nginx: 'nginx:1.26' });
  assert.equal(imagesRun(rubric.images), ['my-python:1', 'redis:7', 'caddy:2', 'nicolaka/netshoot:v0.13']);
});

test('it is compared with the standard rubric only if images or limits differ', async () => {
  const basePath = path.replace('rubric.yaml', 'rubric-base.yaml');
  const named = [['redis: redis-server', 'redis: redis']] as const;
  assert.is((await controlFor('nginx', path, named)).control.standard, undefined);
  assert.is((await controlFor('base', basePath, named)).control.standard, undefined);
  const tight = (await controlFor('nginx', path, [['memoryMb: 256', 'memoryMb: 16']])).control;
  assert.equal([tight.rubric.limits.memoryMb, tight.standard?.limits.memoryMb], [16, 256]);
  const other = (await controlFor('nginx', path, [["as: 'redis:8.0'", "as: 'redis:7'"]])).control;
  const runs = (rubric = other.rubric) => imageFor('redis:8.0', rubric.images);
  assert.equal([runs(), runs(other.standard)], ['redis:7', 'redis:8.0']);
});

test.run();
