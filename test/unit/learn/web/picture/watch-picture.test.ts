import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../../../../src/cli/clock.ts';
import type { Picture } from '../../../../../src/learn/web/picture/picture.ts';
import { watchPicture } from '../../../../../src/learn/web/picture/watch-picture.ts';
import { type EngineAnswer, fakeEngine } from '../../../../helpers/fake-engine.ts';
import { folder } from '../../../../helpers/folder.ts';

/** A start of a container of the project. */
const change = {
  Type: 'container',
  Action: 'start',
  Actor: { ID: 'c', Attributes: { 'com.docker.compose.project': 'p' } },
  timeNano: 0,
};

/**
 * The pictures of a project in `dir` up to the first one that is wanted. `list` answers the nth request for its containers, and `inspect` the one for the container `c`
 * after it.
 */
async function pictures(
  dir: string,
  list: (n: number) => EngineAnswer,
  isLast: (all: readonly Picture[]) => boolean,
  {
    inspect = () => empty,
    systemTime = () => clock.time(),
  }: { inspect?(list: number): EngineAnswer; systemTime?(): string } = {},
) {
  let lists = 0;
  const fake = await fakeEngine((request) => {
    if (request.startsWith('GET /events')) return { lines: [change], open: () => undefined };
    if (request.startsWith('GET /info')) return { lines: [{ SystemTime: systemTime(), NCPU: 2 }] };
    if (request.startsWith('GET /containers/c/json')) return inspect(lists);
    if (!request.startsWith('GET /containers/json')) return empty;
    lists += 1;
    return list(lists);
  });
  const spec = { id: 's', dir: 's', services: {}, probeFrom: '' };
  const { api } = fake.engine;
  const seen: Picture[] = [];
  const stop = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      // the timers of the watch do not keep the process alive
      const limit = setTimeout(() => reject(new Error(`not seen: ${JSON.stringify(seen)}`)), 60_000);
      const end = (error?: unknown) => {
        clearTimeout(limit);
        if (error === undefined) resolve();
        else reject(error);
      };
      const picture = (one: Picture) => {
        seen.push(one);
        if (isLast(seen)) end();
      };
      watchPicture({ api, project: 'p', spec, dir, clock, signal: stop.signal }, { picture, requests: () => {}, failed: end });
    });
    return seen;
  } finally {
    stop.abort();
    await fake.close();
  }
}

const refused: EngineAnswer = { status: 500, lines: [{ message: 'no' }] };
const empty: EngineAnswer = { lines: [[]] };

test('an engine that refuses while its events go on is asked again; meanwhile the picture shows since when it is not measured', async () => {
  const seen = await pictures(
    folder(),
    (n) => (n === 2 || n === 3 ? refused : empty),
    (all) => all.length > 1 && all.at(-1)?.unmeasuredSince === undefined,
  );
  const [first, second, ...more] = seen.map(({ unmeasuredSince }) => unmeasuredSince);
  assert.equal([first, more], [undefined, [undefined]]);
  assert.ok(Date.parse(second ?? '') <= Date.parse(seen[1]?.at ?? ''), second);
});

test('a service that is not in the Compose file any more is not in the next picture', async () => {
  const dir = folder();
  const services = (...names: readonly string[]) =>
    writeFileSync(
      join(dir, 'compose.yaml'),
      JSON.stringify({ services: Object.fromEntries(names.map((name) => [name, { image: 'i' }])) }),
    );
  services('web', 'db');
  const seen = await pictures(
    dir,
    () => empty,
    (all) => {
      // before the next look
      if (all.length === 1) services('web');
      return all.at(-1)?.services.length === 1;
    },
  );
  assert.equal(
    seen.map((one) => one.services.map(({ name }) => name)),
    [['web', 'db'], ['web']],
  );
});

test('the time of a picture is that of the engine’s clock', async () => {
  const systemTime = () => new Date(Date.parse(clock.time()) + 3_600_000).toISOString();
  const [first] = await pictures(
    folder(),
    () => empty,
    () => true,
    { systemTime },
  );
  const ahead = Date.parse(first?.at ?? '') - Date.parse(clock.time());
  assert.ok(Math.abs(ahead - 3_600_000) < 60_000, first?.at);
});

test('a start during the look at the engine is shown with its answer, which does not know it yet', async () => {
  const seen = await pictures(
    folder(),
    () => ({ lines: [[{ Id: 'c' }]] }),
    (all) => all.length === 1,
    {
      inspect: () => ({
        lines: [
          {
            ...{ Id: 'c', Name: '/p-web-1', Created: '2026-01-01T08:00:00Z', Image: 'sha256:i', HostConfig: {}, Mounts: [] },
            State: {
              Status: 'created',
              ExitCode: 0,
              OOMKilled: false,
              StartedAt: '0001-01-01T00:00:00Z',
              FinishedAt: '0001-01-01T00:00:00Z',
            },
            Config: { Hostname: 'c', Image: 'i', Labels: { 'com.docker.compose.service': 'web' } },
            NetworkSettings: { Networks: {} },
          },
        ],
      }),
    },
  );
  assert.equal(
    seen[0]?.services.map(({ name, replicas }) => [name, replicas.map(({ state }) => state)]),
    [['web', ['running']]],
  );
});

test.run();
