import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { text, verbatim } from '../../../../../src/lab/text.ts';
import { stateAt } from '../../../../../src/learn/state.ts';
import { pageState } from '../../../../../src/learn/web/learn-page.ts';
import type { Requests } from '../../../../../src/learn/web/picture/picture.ts';
import type { LearnPageState } from '../../../../../src/learn/web/protocol.ts';
import { Feed } from '../../../../../src/learn/web/server/feed.ts';
import { content, type OpenPage, openPage } from '../../../../helpers/page.ts';

/** The events that each page receives, at its own pace. */

const first = stateAt([{ key: 'lab/up', checks: [], hints: 3 }], 'lab/up', {});
const noted = (note: string): LearnPageState => ({ ...pageState(first), note: verbatim(note) });
const picture = { at: '2026-01-01T00:00:00Z', networks: [], services: [] };
const bye = text('ends', '結束');
const seen = (to: string, count: number): Requests => ({
  at: '2026-01-01T00:00:00Z',
  seen: [{ from: 'host', to, count, failed: false, own: false }],
});

interface Event {
  readonly name: string;
  readonly data: string;
}
const eventsIn = (stream: string): Event[] =>
  [...stream.matchAll(/event: (.*)\ndata: (.*)\n\n/g)].map(([, name = '', data = '']) => ({ name, data }));
const namesIn = (stream: string | undefined) => eventsIn(stream ?? '').map(({ name }) => name);
const notesIn = (stream: string | undefined) =>
  eventsIn(stream ?? '')
    .filter(({ name }) => name === 'learn')
    .map(({ data }) => JSON.parse(data).note.en);

test('a page first receives the content, then the newest of each state; not the plan, which is in the content', async () => {
  const feed = new Feed(content);
  feed.show('picture', picture);
  feed.show('learn', noted('old'));
  feed.show('learn', noted('new'));
  const [now] = [await feed.join().next()];
  assert.equal(namesIn(now), ['content', 'learn', 'picture']);
  assert.equal(notesIn(now), ['new']);
  assert.not.match(now ?? '', '"plan"');
});

test('the states of one turn are one event', async () => {
  const feed = new Feed(content);
  const reader = feed.join();
  await reader.next();
  const next = reader.next();
  feed.show('learn', noted('1'));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  feed.show('learn', noted('2'));
  assert.equal(notesIn(await next), ['2']);
});

test('each page has its own pace, and requests that a slow one missed are added up', async () => {
  const feed = new Feed(content);
  const [fast, slow] = [feed.join(), feed.join()];
  await fast.next();
  await slow.next();
  for (const count of [1, 2, 3]) {
    feed.requests(seen('a', count));
    feed.requests(seen('b', 1));
    assert.match((await fast.next()) ?? '', `"to":"a","count":${count},`);
  }
  const [event] = eventsIn((await slow.next()) ?? '');
  assert.equal(
    (JSON.parse(event?.data ?? '') as Requests).seen.map(({ to, count }) => [to, count]),
    [
      ['a', 6],
      ['b', 3],
    ],
  );
});

test('at the end, each page receives the reason last, also one that comes late', async () => {
  const feed = new Feed(content);
  const reader = feed.join();
  await reader.next();
  const next = reader.next();
  feed.end(bye);
  assert.match((await next) ?? '', '"reason":{"en":"ends"');
  assert.is(await reader.next(), undefined);
  assert.equal(namesIn(await feed.join().next()), ['content', 'bye']);
  assert.is(feed.pages, 0);
});

test('a page that leaves while it waits is forgotten', async () => {
  const feed = new Feed(content);
  const reader = feed.join();
  await reader.next();
  const next = reader.next();
  reader.leave();
  assert.is(await next, undefined);
  assert.is(feed.pages, 0);
});

test('a page that has no news for 15 s gets a comment, so that its connection does not look broken', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const page = new Feed(content).join();
    await page.next();
    const silent = page.next();
    mock.timers.tick(15_000);
    assert.is(await silent, ':\n\n');
  } finally {
    mock.timers.reset();
  }
});

test('how many pages are open is known now, and when one opens or leaves', () => {
  const pages: number[] = [];
  const feed = new Feed(content);
  const one = feed.join();
  feed.onPages((count) => pages.push(count));
  const other = feed.join();
  one.leave();
  other.leave();
  assert.equal(pages, [1, 2, 1, 0]);
});

/** The stream of a page, which reads as a browser does. */
async function open({ server, at, own }: OpenPage): Promise<IncomingMessage> {
  const asked = get({ host: '127.0.0.1', port: server.port, path: at('events'), headers: { ...own }, agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer.setEncoding('utf8');
}

/** Reads until the stream contains this. */
function until(stream: IncomingMessage, wanted: string): Promise<string> {
  let all = '';
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`not received: ${wanted}; ${all.slice(-500)}`)), 60_000);
    stream.on('data', function read(chunk: string) {
      all += chunk;
      if (!all.includes(wanted)) return;
      clearTimeout(limit);
      stream.off('data', read);
      resolve(all);
    });
  });
}

test('over HTTP: several tabs, each state, then bye, and the stream ends', async () => {
  const page = await openPage();
  page.feed.show('learn', noted('first'));
  const tabs = await Promise.all([open(page), open(page)]);
  assert.match(tabs[0]?.headers['content-type'] ?? '', 'text/event-stream');
  for (const all of await Promise.all(tabs.map((tab) => until(tab, 'first'))))
    assert.match(all, /^retry: 300\n\nevent: content\n/);
  const changed = tabs.map((tab) => until(tab, 'second'));
  page.feed.show('learn', noted('second'));
  await Promise.all(changed);
  const ended = tabs.map(async (tab) => {
    const last = until(tab, 'event: bye');
    await Promise.all([last, once(tab, 'end')]);
  });
  await Promise.all([page.server.close(bye), ...ended]);
});

test('a browser that closes is forgotten', async () => {
  await using page = await openPage();
  const tab = await open(page);
  await until(tab, 'content');
  assert.is(page.feed.pages, 1);
  const left = new Promise<void>((resolve) => page.feed.onPages((pages) => pages === 0 && resolve()));
  tab.destroy();
  await left;
});

test('a browser that does not read costs no memory, and then receives the newest state', async () => {
  await using page = await openPage();
  const tab = await open(page);
  await until(tab, 'content');
  tab.pause();
  const long = 'x'.repeat(100_000);
  const all = 400;
  for (let count = 1; count <= all; count++) {
    page.feed.show('learn', noted(`${count} ${long}`));
    await new Promise((resolve) => setImmediate(resolve));
  }
  tab.resume();
  const received = [...(await until(tab, `"en":"${all} `)).matchAll(/"en":"(\d+) x/g)].map(([, count]) => Number(count));
  assert.is(received.at(-1), all);
  // what the sockets of both sides hold, of 80 MB
  assert.ok(received.length < all / 4, `${received.length} states`);
});

test.run();
