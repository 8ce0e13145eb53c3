// time limit: 960 s
import * as assert from 'uvu/assert';
import { logGrows, withHostLog } from '../../src/checks/access-log.ts';
import { isReady } from '../../src/checks/answers.ts';
import { sampleThroughProxy } from '../../src/checks/evidence/sample.ts';
import { exec } from '../../src/docker/api/exec.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { compose, faultyApps, server, spec, status200, unanswered } from '../helpers/faulty-app.ts';
import { assertNothingLeft } from '../helpers/left.ts';
import { eventsOf, runSmall } from '../helpers/small.ts';

/** Apps whose answers are wrong, slow or missing. */
const elsewhere = /^\d+ of \d+ failed \(HTTP 302\)$/;
const test = faultyApps('faulty apps', [
  { what: 'no HTTP at all', answer: 's.sendall(os.urandom(3000))', inside: unanswered, front: unanswered },
  {
    what: 'a head without an end',
    answer: `s.sendall(${status200}')\nwhile True: s.sendall(b'X-More: ' + b'x' * 1000 + b'\\r\\n')`,
    inside: unanswered,
    front: unanswered,
  },
  {
    what: 'a body without an end',
    answer: `s.sendall(${status200}Connection: close\\r\\n\\r\\n')\nwhile True: s.sendall(b'x' * 65536)`,
    inside: /^"x{120}"$/,
    front: /^"x{120}"$/,
  },
  {
    what: 'a way to elsewhere, which nobody goes',
    answer: `s.sendall(b'HTTP/1.1 302 Found\\r\\nLocation: http://192.0.2.1/\\r\\nContent-Length: 0\\r\\n\\r\\n')`,
    inside: elsewhere,
    front: elsewhere,
  },
  { what: 'nothing', answer: 'time.sleep(3600)', inside: unanswered, front: unanswered },
  {
    what: 'a byte each second',
    answer: `s.sendall(${status200}Content-Length: 100\\r\\n\\r\\n')\nfor _ in range(100): s.sendall(b'x'); time.sleep(1)`,
    inside: unanswered,
    front: unanswered,
  },
]);

test('what a container prints without an end is cut', async ({ engine }) => {
  const made = await engine.api.post<{ Id: string }>(
    '/containers/create',
    {},
    { Image: 'nicolaka/netshoot:v0.13', Cmd: ['sleep', 'infinity'], HostConfig: { Init: true } },
  );
  try {
    await engine.api.post(`/containers/${made?.Id}/start`);
    const said = await exec(engine.api, made?.Id ?? '', "yes 'without end'", 10_000);
    assert.ok(said.stdout.length <= 1_100_000 && said.stdout.length > 500_000, `${said.stdout.length}`);
    assert.match(said.stdout, /^(without end\n)+/);
  } finally {
    await engine.api.delete(`/containers/${made?.Id}`, { force: true });
  }
});

/** Puts something else in the place of the log that is mounted, then answers like a good app. */
const replaced: readonly (readonly [what: string, replace: string])[] = [
  ['a link to a file of the host', "os.symlink('/etc/passwd', log)"],
  ['a link to /dev/zero', "os.symlink('/dev/zero', log)"],
  ['a FIFO', 'os.mkfifo(log)'],
  ['a folder', 'os.mkdir(log)'],
];
const answering = `s.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi')`;

/** What is told of the mounted log of an app, of which each request is to have a line. */
async function toldOfLog(engine: Engine, body: string) {
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
  const told = eventsOf(run, 'check-finished').map(({ result }) => result.verdict);
  return { run, verdict: told[1], shown: JSON.stringify(told) };
}

for (const [what, replace] of replaced) {
  test(`${what} in the place of a mounted log`, async ({ engine }) => {
    const { run, verdict, shown } = await toldOfLog(engine, `${replace}\n${server(answering)}`);
    assert.ok(verdict?.outcome === 'failed', shown);
    assert.is(verdict.actual.en, 'no plain file there');
    assert.not.match(JSON.stringify(run.events), /root:x:0:0/);
  });
}

for (const [times, said] of [
  [1, '2 requests, 2 lines in log/access.log'],
  [2, '4 lines, exactly one for 0 of 2 requests'],
] as const) {
  test(`a log of more than 4 MB, ${times} × the line of a request at its end`, async ({ engine }) => {
    const note = `open(log, 'ab').write((asked.split(b'\\r')[0] + b'\\n') * ${times})`;
    const app = server(`${note}\n${answering}`).replace('s.recv(65536)', 'asked = s.recv(65536)');
    const { verdict, shown } = await toldOfLog(engine, `open(log, 'w').write('another line\\n' * 400_000)\n${app}`);
    assert.is(verdict?.outcome, times === 1 ? 'passed' : 'failed', shown);
    assert.is(verdict && 'actual' in verdict ? verdict.actual.en : '', said, shown);
  });
}

test('an app that takes requests and never answers them is not ready', async ({ engine }) => {
  const run = await runSmall(engine, compose(), [{ run: (stack) => stack.compose`up -d`, verify: [isReady('flask')] }], {
    files: { 'app/server.py': server('print("asked", flush=True)\ntime.sleep(3600)') },
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
