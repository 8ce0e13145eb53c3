import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { clock } from '../../src/cli/clock.ts';
import { openClassServer } from '../../src/learn/class/class-server.ts';
import { coalesce } from '../../src/learn/class/coalesce.ts';
import { joinClass } from '../../src/learn/class/join-class.ts';
import { WallFeed } from '../../src/learn/class/wall-feed.ts';
import { stateAt } from '../../src/learn/state.ts';
import { codeOf } from '../helpers/class.ts';

/**
 * 200 learners in another process, each with one change per second for 20 s: how much of a processor the class uses, how long a change takes until the text for the
 * page is there, and memory. `node --import tsx test/bench/class.ts`
 */
const learners = 200;
const seconds = 20;
const keys = Array.from({ length: 40 }, (_, at) => `lab/step-${at}`);
const first = stateAt(
  keys.map((key) => ({ key, checks: [], hints: 0 })),
  'lab/step-0',
  {},
);

async function simulate(code: string): Promise<void> {
  const nothing = () => undefined;
  const all = await Promise.all(
    Array.from({ length: learners }, (_, at) =>
      clock.wait(at * 40).then(() =>
        joinClass(codeOf(code), {
          nickname: `learner ${at}`,
          tutorial: 't',
          clock,
          first,
          signal: new AbortController().signal,
          changed: nothing,
        }),
      ),
    ),
  );
  // the limit of joins for one address delays some of them
  while (all.some(({ membership }) => membership.phase !== 'connected')) await clock.wait(200);
  process.send?.('begin');
  await Promise.all(
    all.map(async (one, at) => {
      await clock.wait((at * 1000) / learners);
      for (let second = 1; second <= seconds; second += 1) {
        process.send?.([`learner ${at}`, keys[second % keys.length], performance.timeOrigin + performance.now()]);
        one.listen({ ...first, phase: 'working', at: keys[second % keys.length] ?? '' });
        await clock.wait(1000);
      }
    }),
  );
  process.send?.('end');
  await Promise.all(all.map((one) => one.close()));
  process.exit(0);
}

async function measure(): Promise<void> {
  const sent = new Map<string, number>();
  const took: number[] = [];
  const feed: { show: () => void } = { show: () => undefined };
  const server = await openClassServer({
    ...{ address: '127.0.0.1', port: 0, named: '127.0.0.1', tutorial: 't', keys, clock },
    changed: () => feed.show(),
  });
  const title = { en: 't', 'zh-TW': 't' };
  const steps = keys.map((key) => ({ key, title }));
  const pages = new WallFeed({ lang: 'en', title, code: server.code, steps }, () => ({ now: clock.now(), wall: server.wall }));
  feed.show = coalesce(() => pages.changed(), 100, clock, new AbortController().signal);
  const reader = pages.join();
  void (async () => {
    for (let text = await reader.next(); text !== undefined; text = await reader.next()) {
      const now = performance.timeOrigin + performance.now();
      const data = /event: wall\ndata: (.*)/.exec(text)?.[1];
      if (!data) continue;
      for (const { nickname, at } of (JSON.parse(data) as { wall: { nickname: string; at?: string }[] }).wall) {
        const key = `${nickname} ${at}`;
        const since = sent.get(key);
        if (since === undefined) continue;
        took.push(now - since);
        sent.delete(key);
      }
    }
  })();
  const child = fork(fileURLToPath(import.meta.url), [server.code], { execArgv: ['--import', 'tsx'] });
  let before = process.cpuUsage();
  child.on('message', (message) => {
    if (message === 'begin') before = process.cpuUsage();
    else if (message === 'end') {
      const { user, system } = process.cpuUsage(before);
      took.sort((one, other) => one - other);
      const at = (part: number) => Math.round(took[Math.floor(took.length * part)] ?? Number.NaN);
      console.log(`${took.length} of ${learners * seconds} changes seen, ${sent.size} replaced or not seen`);
      console.log(`processor: ${((user + system) / 1e4 / seconds).toFixed(1)} % of one`);
      console.log(`change to page: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${Math.round(took.at(-1) ?? Number.NaN)} ms`);
      console.log(
        `memory: ${Math.round(process.memoryUsage().rss / 1e6)} MB (${Math.round(process.memoryUsage().heapUsed / 1e6)} MB heap)`,
      );
    } else {
      const [nickname, key, time] = message as unknown as [string, string, number];
      sent.set(`${nickname} ${key}`, time);
    }
  });
  child.on('exit', () => void server.close().then(() => process.exit(0)));
}

const [code] = process.argv.slice(2);
await (code ? simulate(code) : measure());
