import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImages } from '../../../../src/docker/images/ensure-images.ts';
import { fakeEngine } from '../../../helpers/fake-engine.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const unreachable = 'Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused';

/** The hint for an image that no registry gives, and for which there is no recipe. */
async function hintFor(recipes: string | undefined): Promise<string> {
  const { engine, close } = await fakeEngine((request) =>
    request.startsWith('POST /images/create')
      ? { lines: [{ error: unreachable }] }
      : { status: 404, lines: [{ message: 'none' }] },
  );
  const homes = { state: folder(), cache: folder() };
  const work = { progress: () => undefined, signal: new AbortController().signal, homes, unattended: true };
  try {
    const ensuring = ensureImages(engine, ['127.0.0.1:9/lab/maria:11'], recipes === undefined ? work : { ...work, recipes });
    const error = await rejection(ensuring);
    assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
    return error.hint.en;
  } finally {
    await close();
  }
}

test('where no registry is reached, the author of a tutorial can add a stand-in', async () => {
  assert.match(await hintFor(folder()), /; an author can add a stand-in beside tutorial\.md: images\/maria\/Dockerfile$/);
  assert.not.match(await hintFor(undefined), /stand-in/);
});

test.run();
