import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostnamesAreReplicas } from '../../src/checks/answers.ts';
import { sampleByCurl, sampleThroughProxy } from '../../src/checks/evidence/sample.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { verbatim } from '../../src/lab/text.ts';
import { assertNothingLeft } from './cleanup.ts';
import { readyEngine } from './engine.ts';
import { eventsOf, runSmall } from './small.ts';

/** A Python server: accepts connections, reads each request in a thread, and then runs `answer` with the socket `s`. */
export const server = (answer: string) => `
import os, socket, threading, time
def serve(s):
    try:
        s.recv(65536)
${answer.replace(/^/gm, '        ')}
    except OSError: pass
    finally: s.close()
l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); l.bind(('', 5000)); l.listen(100)
while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
`;

export const compose = (more = '') => `services:
  flask:
    image: python:3.13-slim
    init: true
    command: [python3, /app/server.py]
    volumes: ["./app:/app"${more}]
    ports: ["127.0.0.1:$\{NGINX_PORT:-8000}:5000"]
  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}
`;
export const spec = { published: { role: 'flask', containerPort: 5000, hostPort: 8000, variable: 'NGINX_PORT' } } as const;

const inside = () => hostnamesAreReplicas('inside', verbatim('inside'), sampleByCurl('flask'));
const front = () => hostnamesAreReplicas('front', verbatim('front'), sampleThroughProxy('flask', { kept: 2, single: 4 }));

/** What an app does with each connection, and what the checks report from inside the network (`inside`) and through the published port (`front`). */
export interface Faulty {
  readonly what: string;
  readonly answer: string;
  readonly inside: RegExp;
  readonly front: RegExp;
}
export const unanswered = /^\d+ of \d+ failed \(no connection, or no full answer\)$/;
export const status200 = "b'HTTP/1.1 200 OK\\r\\n";

/** A suite on an engine: for each app, both checks fail, memory use stays bounded, and all resources are removed. */
export function faultyApps(name: string, apps: readonly Faulty[]): Test<{ engine: Engine }> {
  const test = suite<{ engine: Engine }>(name);
  test.before(async (context) => {
    context.engine = await readyEngine();
  });
  test.after(({ engine }) => engine.api.close());
  for (const app of apps) {
    test(`an app that answers ${app.what}`, async ({ engine }) => {
      const before = process.memoryUsage().rss;
      const run = await runSmall(engine, compose(), [{ run: (stack) => stack.compose`up -d`, verify: [inside(), front()] }], {
        files: { 'app/server.py': server(app.answer) },
        spec,
        settleMs: 5000,
      });
      assert.is(run.outcome, 'failed', JSON.stringify([run.error, eventsOf(run, 'step-finished')]));
      const results = eventsOf(run, 'check-finished').map(({ result }) => result);
      for (const id of ['inside', 'front'] as const) {
        const verdict = results.find((result) => result.id === id)?.verdict;
        assert.ok(verdict?.outcome === 'failed', JSON.stringify(verdict));
        assert.match(verdict.actual.en, app[id]);
      }
      assert.ok(process.memoryUsage().rss - before < 300_000_000, 'it ate the memory');
      await assertNothingLeft(engine, run);
    });
  }
  return test;
}
