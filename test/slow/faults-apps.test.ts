// time limit: 960 s
// only with test:full
import * as assert from 'uvu/assert';
import { logGrows, withHostLog } from '../../src/checks/access-log.ts';
import { isReady } from '../../src/checks/answers.ts';
import { sampleThroughProxy } from '../../src/checks/evidence/sample.ts';
import { exec } from '../../src/docker/api/exec.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { assertNothingLeft } from '../helpers/cleanup.ts';
import { compose, faultyApps, server, spec, status200, unanswered } from '../helpers/faulty-app.ts';
import { eventsOf, runSmall } from '../helpers/small.ts';

/** Apps that respond wrongly, slowly or not at all. */
const elsewhere = /^\d+ of \d+ failed \(HTTP 302\)$/;
const test = faultyApps('faulty apps', [
  { what: 'with bytes that are not HTTP', answer: 's.sendall(os.urandom(3000))', inside: unanswered, front: unanswered },
  {
    what: 'with endless headers',
    answer: `s.sendall(${status200}')\nwhile True: s.sendall(b'X-More: ' + b'x' * 1000 + b'\\r\\n')`,
    inside: unanswered,
    front: unanswered,
  },
  {
    what: 'with an endless body',
    answer: `s.sendall(${status200}Connection: close\\r\\n\\r\\n')\nwhile True: s.sendall(b'x' * 65536)`,
    inside: /^"x{120}"$/,
    front: /^"x{120}"$/,
  },
  {
    what: 'with a redirect, which is not followed',
    answer: `s.sendall(b'HTTP/1.1 302 Found\\r\\nLocation: http://192.0.2.1/\\r\\nContent-Length: 0\\r\\n\\r\\n')`,
    inside: elsewhere,
    front: elsewhere,
  },
  { what: 'never', answer: 'time.sleep(3600)', inside: unanswered, front: unanswered },
  {
    what: 'with one byte per second',
    answer: `s.sendall(${status200}Content-Length: 100\\r\\n\\r\\n')\nfor _ in range(100): s.sendall(b'x'); time.sleep(1)`,
    inside: unanswered,
    front: unanswered,
  },
]);

test('endless output of a container is truncated', async ({ engine }) => {
  const made = await engine.api.post<{ Id: string }>(
    '/containers/create',
    {},
    { Image: 'nicolaka/netshoot:v0.13', Cmd: ['sleep', 'infinity'], HostConfig: { Init: true } },
  );
  try {
    await engine.api.post(`/containers/${made?.Id}/start`);
    const { stdout } = await exec(engine.api, made?.Id ?? '', "yes 'without end'", 10_000);
    assert.ok(stdout.length <= 1_100_000 && stdout.length > 500_000, `${stdout.length}`);
    assert.match(stdout, /^(without end\n)+/);
  } finally {
    await engine.api.delete(`/containers/${made?.Id}`, { force: true });
  }
});

/** Replaces the mounted log by something else; the app then answers correctly. */
const replaced: readonly (readonly [what: string, replace: string])[] = [
  ['a link to a file of the host', "os.symlink('/etc/passwd', log)"],
  ['a link to /dev/zero', "os.symlink('/dev/zero', log)"],
  ['a FIFO', 'os.mkfifo(log)'],
  ['a folder', 'os.mkdir(log)'],
];
const answering = `s.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi')`;

/** The verdict on an app's mounted log, which must contain one line for each request. */
async function logVerdict(engine: Engine, body: string) {
  const log = logGrows(
    { role: 'flask', destination: '/log' },
    withHostLog(sampleThroughProxy('flask', { kept: 0, single: 3 }), 'log/access.log'),
  );
  const ready = isReady('flask');
  const run = await runSmall(
    engine,
    compose(', "./log:/log"'),
    [{ run: (stack) => stack.compose`up -d`, verify: [ready, { ...log, needs: [ready.id] }] }],
    {
      files: { 'app/server.py': `import os, socket\nlog = '/log/access.log'\n${body}`, 'log/.keep': '' },
      spec,
      timeoutMs: 30_000,
    },
  );
  await assertNothingLeft(engine, run);
  const verdicts = eventsOf(run, 'check-finished').map(({ result }) => result.verdict);
  return { run, verdict: verdicts[1], shown: JSON.stringify(verdicts) };
}

for (const [what, replace] of replaced) {
  test(`${what} that replaces a mounted log is not read, and the check fails`, async ({ engine }) => {
    const { run, verdict, shown } = await logVerdict(engine, `${replace}\n${server(answering)}`);
    assert.ok(verdict?.outcome === 'failed', shown);
    assert.is(verdict.actual.en, 'no plain file there');
    assert.not.match(JSON.stringify(run.events), /root:x:0:0/);
  });
}

for (const [times, actual] of [
  [1, '2 requests, 2 lines in log/access.log'],
  [2, '4 lines, exactly one for 0 of 2 requests'],
] as const) {
  test(`a log of more than 4 MB with ${times} line(s) for each request at its end`, async ({ engine }) => {
    const note = `open(log, 'ab').write((asked.split(b'\\r')[0] + b'\\n') * ${times})`;
    const app = server(`${note}\n${answering}`).replace('s.recv(65536)', 'asked = s.recv(65536)');
    const { verdict, shown } = await logVerdict(engine, `open(log, 'w').write('another line\\n' * 400_000)\n${app}`);
    assert.is(verdict?.outcome, times === 1 ? 'passed' : 'failed', shown);
    assert.is(verdict && 'actual' in verdict ? verdict.actual.en : '', actual, shown);
  });
}

test('an app that accepts requests and never answers them is not ready', async ({ engine }) => {
  const run = await runSmall(engine, compose(), [{ run: (stack) => stack.compose`up -d`, verify: [isReady('flask')] }], {
    files: { 'app/server.py': server('print("asked", flush=True)\ntime.sleep(3600)') },
    spec, // holds the port: other tests run at the same time
    settleMs: 4000,
  });
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed', JSON.stringify(eventsOf(run, 'step-finished')));
  assert.match(
    verdict.actual.en,
    /^no answer from [0-9a-f]{12}$|^[0-9a-f]{12} accepted the request, but did not answer within 2 s$/,
  );
  assert.ok(verdict.said?.lines.every((line) => line === 'asked'));
  await assertNothingLeft(engine, run);
});

test.run();
