import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildable, recipeFor } from '../../../../../src/docker/embedded/images/recipes.ts';
import { folder } from '../../../../helpers/folder.ts';

const test = suite('recipes for images');

test("a tutorial's recipe is found by the image's name without registry, path and tag", () => {
  const own = folder();
  mkdirSync(join(own, 'postgres'));
  writeFileSync(join(own, 'postgres', 'Dockerfile'), 'FROM debian:trixie-slim\n');
  for (const ref of ['postgres', 'postgres:17', 'docker.io/library/postgres:17-alpine', 'ghcr.io/acme/postgres@sha256:00'])
    assert.equal(recipeFor(ref, own), { folder: join(own, 'postgres') }, ref);
  assert.is(recipeFor('postgrest:12', own), undefined);
  assert.is(recipeFor('postgres:17'), undefined);
});

test("a tutorial's folder without a Dockerfile is no recipe, and those of the package come first", () => {
  const own = folder();
  mkdirSync(join(own, 'mysql'));
  assert.not(buildable('mysql:8', own));
  assert.is(recipeFor('redis:8.0', own)?.folder, 'redis');
});

test.run();
