import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { clock } from '../../src/cli/clock.ts';
import { openClassServer } from '../../src/learn/class/class-server.ts';
import { coalesce } from '../../src/learn/class/coalesce.ts';
import { joinClass } from '../../src/learn/class/join-class.ts';
import type { Wall } from '../../src/learn/class/wall.ts';
import { WallFeed } from '../../src/learn/class/wall-feed.ts';
import { startWallServer } from '../../src/learn/class/wall-server.ts';
import { stateAt } from '../../src/learn/state.ts';
import { codeOf } from '../helpers/class.ts';

/**
 * 200 learners in another process, each with one change per second for 20 s, and one open page: how much of a processor the class uses, how long a change takes
 * until the page has received it, and memory. Exits with 1 if a learner does not connect, or if a bound does not hold. `npm run bench:class`
 */
const learners = 200;
const seconds = 20;
/** Of all changes, this part is on the page within this time. */
const bound = { part: 0.95, ms: 1000 };
/** For all learners to connect: the limit of joins for one address delays some of them. */
const connectMs = 60_000;
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
  const limit = clock.after(connectMs);
  while (all.some(({ membership }) => membership.phase !== 'connected')) {
    if (limit.aborted) throw new Error('a learner does not connect');
    await clock.wait(200);
  }
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

/** Opens the page, and passes on each wall that it receives. */
async function openPage(url: string, received: (wall: Wall) => void): Promise<void> {
  const exchanged = await fetch(url, { redirect: 'manual' });
  const cookie = exchanged.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { body, status } = await fetch(new URL(`${exchanged.headers.get('location')}events`, url), { headers: { cookie } });
  if (status !== 200 || !body) throw new Error(`the page answered ${status}`);
  const read = async () => {
    let text = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      const events = `${text}${part}`.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^event: wall\ndata: (.*)/m.exec(event)?.[1];
        if (data) received((JSON.parse(data) as { wall: Wall }).wall);
      }
    }
  };
  void read();
}

const now = (): number => performance.timeOrigin + performance.now();

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
  const { url } = await startWallServer(pages, { files: new Map(), document: () => '' }, 'en');
  await openPage(url, (wall) => {
    for (const { nickname, at } of wall) {
      const change = `${nickname} ${at}`;
      const since = sent.get(change);
      if (since === undefined) continue;
      took.push(now() - since);
      sent.delete(change);
    }
  });
  const child = fork(fileURLToPath(import.meta.url), [server.code], { execArgv: ['--import', 'tsx'] });
  let before: NodeJS.CpuUsage | undefined;
  let used: NodeJS.CpuUsage | undefined;
  child.on('message', (message) => {
    if (message === 'begin') before = process.cpuUsage();
    else if (message === 'end') used = process.cpuUsage(before);
    else {
      const [nickname, key, time] = message as unknown as [string, string, number];
      sent.set(`${nickname} ${key}`, time);
    }
  });
  await once(child, 'exit');
  process.exit(used && report(took, used) ? 0 : 1);
}

/** Whether the bound holds. */
function report(took: number[], { user, system }: NodeJS.CpuUsage): boolean {
  took.sort((one, other) => one - other);
  const at = (part: number) => Math.round(took[Math.floor(took.length * part)] ?? Number.NaN);
  const inTime = took.filter((ms) => ms <= bound.ms).length / (learners * seconds);
  const { rss, heapUsed } = process.memoryUsage();
  console.log(`${took.length} of ${learners * seconds} changes seen; the others were replaced before, or not seen`);
  console.log(`processor: ${((user + system) / 1e4 / seconds).toFixed(1)} % of one`);
  console.log(`change to page: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${Math.round(took.at(-1) ?? Number.NaN)} ms`);
  console.log(`within ${bound.ms} ms: ${(inTime * 100).toFixed(1)} %; at least ${bound.part * 100} %`);
  console.log(`memory: ${Math.round(rss / 1e6)} MB (${Math.round(heapUsed / 1e6)} MB heap)`);
  return inTime >= bound.part;
}

const [code] = process.argv.slice(2);
await (code ? simulate(code) : measure());
