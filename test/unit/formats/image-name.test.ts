import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseName, parseImageName, repositoryOf, shortName } from '../../../src/formats/image-name.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test('an image name in its parts, as Docker reads it', () => {
  assert.equal(parseImageName('redis'), { registry: 'docker.io', repository: 'library/redis' });
  assert.equal(parseImageName('valkey/valkey:8-alpine'), {
    registry: 'docker.io',
    repository: 'valkey/valkey',
    tag: '8-alpine',
  });
  assert.equal(parseImageName(`localhost:5000/a/b:1@${digest}`), {
    registry: 'localhost:5000',
    repository: 'a/b',
    tag: '1',
    digest,
  });
  assert.equal(parseImageName(`python@${digest}`), { registry: 'docker.io', repository: 'library/python', digest });
});

test('one short name for all addresses of an image of Docker Hub, with its tag and digest', () => {
  for (const [written, short] of [
    ['python', 'python:latest'],
    ['docker.io/python:3.12', 'python:3.12'],
    ['docker.io/library/python:3.12', 'python:3.12'],
    ['index.docker.io/library/python:3.12', 'python:3.12'],
    ['index.docker.io/python', 'python:latest'],
    ['registry-1.docker.io/library/python:3.12', 'python:3.12'],
    ['library/python:3.12', 'python:3.12'],
    ['mirror.gcr.io/library/python:3.12-alpine', 'python:3.12-alpine'],
    ['mirror.gcr.io/python:3.12-alpine', 'python:3.12-alpine'],
    ['mirror.gcr.io/valkey/valkey', 'valkey/valkey:latest'],
    ['public.ecr.aws/docker/library/python:3.12', 'python:3.12'],
    [`public.ecr.aws/docker/library/python@${digest}`, `python@${digest}`],
    [`docker.io/valkey/valkey:8@${digest}`, `valkey/valkey:8@${digest}`],
    // other registries, and repositories there that are no copies
    ['ghcr.io/astral-sh/uv:latest', 'ghcr.io/astral-sh/uv:latest'],
    ['public.ecr.aws/nginx/nginx:1', 'public.ecr.aws/nginx/nginx:1'],
    ['public.ecr.aws/docker/nginx:1', 'public.ecr.aws/docker/nginx:1'],
    ['quay.io/library/python:3', 'quay.io/library/python:3'],
    ['evil.example/docker.io/library/python:3', 'evil.example/docker.io/library/python:3'],
    ['localhost/python', 'localhost/python:latest'],
  ] as const)
    assert.is(shortName(written), short, written);
});

test('the repository, without tag and digest', () => {
  assert.is(repositoryOf(`mirror.gcr.io/library/redis:8@${digest}`), 'redis');
  assert.is(repositoryOf('127.0.0.1:5000/redis:8'), '127.0.0.1:5000/redis');
});

test('the last part of the name, from any registry', () => {
  for (const [image, name] of [
    ['redis', 'redis'],
    ['docker.io/bitnami/redis:8@sha256:0', 'redis'],
    ['localhost:5000/nginx', 'nginx'],
    ['Redis:7', 'redis'],
  ] as const)
    assert.is(baseName(image), name);
});

test.run();
