import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ImageChoice,
  type ImageRule,
  imageFor,
  imagesRun,
  isReplaced,
  normalReference,
} from '../../../../src/grade/policy/images.ts';
import { judgePolicy } from '../../../../src/grade/policy/policy.ts';
import { rules } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const families: readonly ImageRule[] = [{ families: true }];
const runs = (written: string, list = families) => imageFor(normalReference(written) ?? '', list);

test('families: any tag, digest and variant, as named', () => {
  for (const [written, image] of [
    ['python:3.12-alpine', 'python:3.12-alpine'],
    ['docker.io/library/redis', 'redis:latest'],
    ['public.ecr.aws/docker/library/nginx:alpine', 'nginx:alpine'],
    [`valkey/valkey:8@${digest}`, `valkey/valkey:8@${digest}`],
    [`alpine@${digest}`, `alpine@${digest}`],
    ['ghcr.io/astral-sh/uv', 'ghcr.io/astral-sh/uv:latest'],
  ] as const)
    assert.is(runs(written), image, written);
  for (const written of ['someone/python:3', 'evil.example/nginx', 'postgres:17', '--help', 'Python'])
    assert.is(runs(written), undefined);
});

test('the first entry that fits counts: refuse, allow, replace, families', () => {
  const list: readonly ImageRule[] = [
    { refuse: 'ubuntu:*' },
    { match: 'python:3.13*' },
    { match: 'python:*', as: 'docker.io/library/python:3.13-slim' },
    { match: 'ghcr.io/your-school/*' },
    { families: true },
  ];
  for (const [written, image] of [
    ['ubuntu', undefined],
    ['ubuntu:24.04', undefined],
    [`ubuntu@${digest}`, undefined],
    [`mirror.gcr.io/library/ubuntu:24.04@${digest}`, undefined],
    ['python:3.13-alpine', 'python:3.13-alpine'],
    ['python:3.12', 'python:3.13-slim'],
    [`python@${digest}`, 'python:3.13-slim'],
    ['ghcr.io/your-school/app:1', 'ghcr.io/your-school/app:1'],
    ['ghcr.io/your-school/deeper/app:1', undefined],
    ['redis:8', 'redis:8'],
    ['postgres', undefined],
  ] as const)
    assert.is(runs(written, list), image, written);
  assert.equal(imagesRun(list), ['python:3.13-slim']);
  assert.equal(list.map(isReplaced), [true, false, true, false, false]);
});

test('a list without families permits nothing else, and `latest` is what a pattern without a tag means', () => {
  const list: readonly ImageRule[] = [{ match: 'redis' }, { match: 'nginx:1.*', as: 'nginx:1.26' }];
  assert.equal(
    ['redis', 'redis:latest', 'redis:8', 'nginx:1.29', 'nginx', 'alpine'].map((one) => runs(one, list)),
    ['redis:latest', 'redis:latest', undefined, 'nginx:1.26', undefined, undefined],
  );
});

const project = {
  'compose.yaml':
    'services:\n  app: {build: app}\n  cache: {image: "valkey/valkey:8"}\n  web: {image: docker.io/library/nginx:alpine}\n  db: {image: "redis:7"}\n',
  'app/Dockerfile':
    'FROM mirror.gcr.io/library/python:3.12 AS one\nFROM python:3.12-slim\nCOPY --from=one /a /b\nCOPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/\nRUN --mount=from=alpine,target=/x ls\n',
};
const judged = async (list: readonly ImageRule[], provided?: ReadonlyMap<string, string>) => {
  const choice = new ImageChoice(list, provided);
  const result = await judgePolicy(folder(project), 'compose.yaml', { ...rules, images: list }, choice);
  if (!result.ok) throw new Error(result.refusals.map(({ text }) => text.en).join('; '));
  const images = result.notes.filter(({ code }) => code === 'image').map(({ text }) => text.en);
  return { choice, services: result.stack.services, images };
};

test('all images of a submission are collected: of services, FROM, COPY and mounts', async () => {
  const { choice, services, images } = await judged([{ match: 'redis:*', as: 'redis:8.0' }, { families: true }]);
  assert.equal([...choice.named].sort(), [
    'alpine:latest',
    'ghcr.io/astral-sh/uv:0.8',
    'nginx:alpine',
    'python:3.12',
    'python:3.12-slim',
    'valkey/valkey:8',
  ]);
  assert.equal([...choice.replacing], ['redis:8.0']);
  assert.equal(images, ['"redis:8.0" is used instead of "redis:7"']);
  assert.is(services['web']?.image, 'nginx:alpine');
  assert.match(services['app']?.build?.dockerfileText ?? '', /^FROM python:3\.12 AS one\nFROM python:3\.12-slim\n/);
});

test('another image is used for one that cannot be had, with a note of the reason', async () => {
  const { services, images } = await judged(
    families,
    new Map([
      ['valkey/valkey:8', 'redis:8.0'],
      ['python:3.12-slim', 'python:3.13-slim'],
    ]),
  );
  const { image, named, unavailable } = services['cache'] ?? {};
  assert.equal([image, named, unavailable], ['redis:8.0', 'valkey/valkey:8', true]);
  const { dockerfileText, origin } = services['app']?.build ?? {};
  assert.match(dockerfileText ?? '', /\nFROM python:3\.13-slim\n/);
  assert.equal(origin?.replaced, { 2: { named: 'python:3.12-slim', used: 'python:3.13-slim', unavailable: true } });
  assert.equal(images, [
    '"python:3.13-slim" is used instead of "python:3.12-slim", which this machine does not have, and no registry answers',
    '"redis:8.0" is used instead of "valkey/valkey:8", which this machine does not have, and no registry answers',
  ]);
});

test.run();
