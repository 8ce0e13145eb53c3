import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { text } from '../../../../src/lab/text.ts';
import { WallFeed } from '../../../../src/learn/class/wall-feed.ts';
import { startWallServer } from '../../../../src/learn/class/wall-server.ts';
import { otherAddresses, reach } from '../../../helpers/reach.ts';

test('only this machine can connect to the wall', async () => {
  const feed = new WallFeed({ lang: 'en', title: text('t', 't'), code: 'F3KQ', steps: [] }, () => ({ now: 0, wall: [] }));
  const server = await startWallServer(feed, { files: new Map(), document: () => '' }, 'en');
  try {
    const port = Number(new URL(server.url).port);
    for (const address of otherAddresses()) assert.is(await reach(port, address), 'ECONNREFUSED', address);
    assert.is(await reach(port, '127.0.0.1'), 'connected');
  } finally {
    await server.close();
  }
});

test.run();
