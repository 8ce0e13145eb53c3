import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NamedImage } from '../../../src/docker/images/named-images.ts';
import { type ClassImages, judgeSubmission } from '../../../src/grade/judge-submission.ts';
import { text } from '../../../src/lab/text.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';
import { rules } from '../../fixtures/submission.ts';
import { folder } from '../../helpers/folder.ts';

const here: NamedImage = { ok: true };
const offline: NamedImage = { ok: false, offline: true, why: text("docker.io can't be reached (no such host)", '無法連線') };
const failed: NamedImage = { ok: false, offline: false, why: text('docker.io has no image redis:99', '沒有映像檔') };

/** An engine with the tutorial's images and what `answers` says of others. */
function engine(answers: Readonly<Record<string, NamedImage>>) {
  const asked: string[] = [];
  const images: ClassImages = {
    get: async (ref) => {
      asked.push(ref);
      return answers[ref] ?? offline;
    },
    identify: async (ref) => (ref === 'nginx:1.26' ? '' : `id of ${ref}`),
  };
  return { images, asked };
}

const judge = (compose: string, { images }: { images: ClassImages }, dockerfile = 'FROM python:3.12\n') =>
  judgeSubmission(
    folder({ 'compose.yaml': compose, 'app/Dockerfile': dockerfile }),
    'compose.yaml',
    { ...rules, images: [{ match: 'nicolaka/*', as: 'nicolaka/netshoot:v0.13' }, { families: true }] },
    images,
  );
const compose = (image: string) =>
  `services:\n  app: {build: app}\n  db: {image: "${image}"}\n  me: {image: nicolaka/netshoot}\n`;

test('images that are to be had run as named; the grade depends on what identifies all that run', async () => {
  const result = await judge(compose('redis:7'), engine({ 'redis:7': here, 'python:3.12': here }));
  if (!result.ok) throw new Error('not ok');
  assert.is(result.stack.services['db']?.image, 'redis:7');
  assert.equal(result.images, [
    'nicolaka/netshoot:v0.13 id of nicolaka/netshoot:v0.13',
    'python:3.12 id of python:3.12',
    'redis:7 id of redis:7',
  ]);
});

test('without a registry the stand-in of the family runs, and identifies the grade', async () => {
  const result = await judge(compose('valkey/valkey:8'), engine({}));
  if (!result.ok) throw new Error('not ok');
  assert.is(result.stack.services['db']?.image, 'redis:8.0');
  assert.match(result.stack.services['app']?.build?.dockerfileText ?? '', /^FROM python:3\.13-slim\n/);
  assert.equal(result.images.slice(1), ['python:3.13-slim id of python:3.13-slim', 'redis:8.0 id of redis:8.0']);
});

test('an image that cannot be had and has no stand-in: review, with its name, the cause and the remedy', async () => {
  const why = async (image: string, answers: Parameters<typeof engine>[0]) => {
    const result = await judge(compose(image), engine({ 'python:3.12': here, ...answers }));
    if (!('review' in result)) throw new Error('no review');
    assertComplete(result.review, image);
    assert.equal(result.images, []);
    return result.review.en;
  };
  assert.is(
    await why('haproxy:3', {}),
    'The image "haproxy:3" is not available: docker.io can\'t be reached (no such host). Load it with `lab images load FILE`, then grade again.',
  );
  assert.match(
    await why('redis:99', { 'redis:99': failed }),
    /^The image "redis:99" is not available: docker\.io has no image redis:99\./,
  );
  assert.match(await why('nginx:1.29', {}), /^The image "nginx:1\.29" is not available: /, 'its stand-in is not on the engine');
});

test('a refused submission brings no image, and one that names many images is refused', async () => {
  const one = engine({});
  const refused = await judge('services:\n  app: {build: app, privileged: true}\n', one);
  assert.equal([refused.ok, one.asked], [false, []]);
  const many = Array.from({ length: 9 }, (_, at) => `FROM python:3.${at}\n`).join('');
  const result = await judge('services:\n  app: {build: app}\n', one, many);
  if (result.ok || 'review' in result) throw new Error('not refused');
  assert.equal([result.refusals.map(({ code }) => code), one.asked], [['too-many'], []]);
  for (const refusal of result.refusals) assertComplete(refusal.text, refusal.code);
});

test.run();
