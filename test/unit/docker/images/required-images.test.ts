// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's variables, not JavaScript's
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseBases, requiredImages } from '../../../../src/docker/images/required-images.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { folder } from '../../../helpers/folder.ts';

test('the images that the tutorial requires', async () => {
  assert.equal((await requiredImages(join(assets, 'compose-scale'))).sort(), [
    'nginx:1.26',
    'nicolaka/netshoot:v0.13',
    'python:3.13-slim',
    'redis:8.0',
  ]);
});

test('built services count by their base images, each image once', async () => {
  const dir = folder({
    'a/compose.yaml': 'services: {app: {build: ./app, image: "app:${TAG:-1}"}, db: {image: "db:${DB:-2}"}}',
    'a/app/Dockerfile': 'FROM base:1\n',
    'b/compose.yaml': 'services: {app: {build: {context: ., dockerfile: Other}}, db: {image: db:2}}',
    'b/Other': 'FROM base:1\n',
    'c/README': 'no stack',
  });
  assert.equal(await requiredImages(dir), ['base:1', 'db:2']);
  assert.equal(await requiredImages(dir, { DB: '9' }), ['base:1', 'db:9', 'db:2']);
});

test('stages, arguments and platforms of a Dockerfile', () => {
  const dockerfile = [
    'ARG PY="3.13"',
    'FROM --platform=linux/amd64 python:${PY}-slim AS build',
    'from scratch',
    'FROM build',
    '# FROM comment',
    '  FROM alpine:3 as last',
  ].join('\n');
  assert.equal(parseBases(dockerfile), ['python:3.13-slim', 'alpine:3']);
});

test.run();
