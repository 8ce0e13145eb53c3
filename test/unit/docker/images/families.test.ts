import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { recipeFor } from '../../../../src/docker/embedded/images/recipes.ts';
import { families, familyOf } from '../../../../src/docker/images/families.ts';
import { baseName, repositoryOf } from '../../../../src/formats/image-name.ts';

test('each family is listed by its short name, with its use, its source and a stand-in that can be built', () => {
  assert.ok(Object.keys(families()).length > 30);
  for (const [name, { why, source, standIn, differs }] of Object.entries(families())) {
    assert.is(repositoryOf(name), name);
    assert.ok(why.length > 5, name);
    assert.match(source, /^https:\/\//, name);
    if (standIn !== undefined) assert.ok(recipeFor(standIn), `${name}: ${standIn}`);
    assert.ok(!differs || standIn !== undefined, name);
  }
});

test('any tag, digest and variant of an image is of its family, from any address of Docker Hub', () => {
  for (const image of [
    'python',
    'python:3.12-alpine3.20',
    `python:3.12@sha256:${'a'.repeat(64)}`,
    'docker.io/library/python:3',
    'mirror.gcr.io/library/python:3',
    'public.ecr.aws/docker/library/python:3-slim',
  ])
    assert.is(familyOf(image)?.standIn, 'python:3.13-slim', image);
  for (const image of [
    'phyton:3',
    'evil.example/python:3',
    'someone/python:3',
    'ghcr.io/library/python:3',
    '__proto__',
    'toString',
  ])
    assert.is(familyOf(image), undefined, image);
});

test('a stand-in has the same role in a stack as the image that it is used for', () => {
  const roleOf = (image: string) =>
    Object.values(composeScale.stacks).flatMap(({ services }) =>
      Object.entries(services).flatMap(([role, { families: names }]) => (names?.includes(baseName(image)) ? [role] : [])),
    );
  for (const [name, { standIn }] of Object.entries(families()))
    if (standIn !== undefined) assert.equal(roleOf(name), roleOf(standIn), `${name} and ${standIn}`);
});

test.run();
