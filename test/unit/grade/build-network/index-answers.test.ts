import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { indexAnswers } from '../../../../src/grade/build-network/index-answers.ts';
import { egressTo, startEcho } from '../../../helpers/package-index.ts';

test('one host that accepts a connection is enough', async () => {
  await using echo = await startEcho();
  assert.ok(await indexAnswers(['pypi.org', 'deb.debian.org'], egressTo({ 'deb.debian.org:80': echo.port })));
  assert.ok(await indexAnswers(['mirror.example.org:8080'], egressTo({ 'mirror.example.org:8080': echo.port })));
});

test('no host, or none that answers, is no index', async () => {
  assert.not(await indexAnswers(['pypi.org', '*.example.org'], egressTo({ 'pypi.org:443': 'private' })));
  assert.not(await indexAnswers([], egressTo({})));
});

test('hosts that never answer end the look', async () => {
  const stop = new AbortController();
  const looking = indexAnswers(['pypi.org'], { connect: () => new Promise(() => undefined) }, stop.signal);
  stop.abort();
  assert.not(await looking);
});

test.run();
