// time limit: 240 s
// only with test:full
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** Cases as an author in Markdown writes them, each on a real engine: the verdict does not depend on how fast an app starts, and nothing is left. */

let engine: Engine;
/** The author's state folder. */
const state = folder();
test.before(async () => {
  engine = await readyEngine();
});
test.after(async () => engine.api.close());

const compose = `services:
  web:
    build: ./web
    init: true
    ports:
      - 8095:3000
    environment:
      START_AFTER: "0"
`;
const dockerfile = `FROM python:3.13-slim
WORKDIR /srv
RUN echo hello > index.html
CMD sleep "$START_AFTER"; exec python3 -m http.server 3000
`;
/** Of this process only. */
const stack = `site${process.pid}`;
const fence = '```';
const block = (kind: string, lines: string) => `${fence}${kind}\n${lines}\n${fence}\n`;
const tutorial = (mistakes: string) => `---
id: cases
stacks:
  ${stack}:
    dir: stack
    services:
      web: { port: 3000, build: web }
    published: { of: web, port: 3000, on: 8095 }
---
# Cases

## Serve

### Up

${block('sh run', 'docker compose up -d')}
${block('yaml check', '- replicas: { of: web, count: 1 }')}
${block('yaml hints', '- a\n- b')}

## Change
<!-- needs: [serve] -->

### Page

${block('sh run', 'docker compose exec -T web sh -c "echo changed > index.html"')}
${block('yaml check', '- http: { path: /, contains: changed }')}
${block('yaml hints', '- a\n- b')}
${block('yaml mistakes', mistakes)}
`;

interface Report {
  readonly cases: readonly { readonly id: string; readonly surprise: string | null }[];
}

/** The images of this tutorial's stack on the engine, by their tags or what Compose wrote into them. */
const images = async (): Promise<string[]> =>
  (await engine.api.get<{ Id: string; RepoTags: string[] | null; Labels: Record<string, string> | null }[]>('/images/json'))
    .map(({ Id, RepoTags, Labels }) => `${Id} ${RepoTags} ${Labels?.['com.docker.compose.project']}`)
    .filter((one) => one.includes(`-${stack}`));

/** The surprise of each mistake, by its ID; empty: it was caught as expected. */
async function surprises(mistakes: string, ids: readonly string[], main = tutorial(mistakes)): Promise<Record<string, string>> {
  const dir = folder({ 'tutorial.md': main, 'stack/compose.yaml': compose, 'stack/web/Dockerfile': dockerfile });
  const only = ids.flatMap((id) => ['--only', id]);
  const { stdout, stderr } = await runBin(['test', dir, '--json', ...only], envFor(engine, state));
  const { cases } = JSON.parse(stdout || '{}') as Partial<Report>;
  assert.is(cases?.length, ids.length, stderr);
  return Object.fromEntries((cases ?? []).map(({ id, surprise }) => [id, surprise ?? '']));
}

test('a mistake is judged when the app listens, however long that takes', async () => {
  const slow = (says: string, id: string) => `- id: ${id}
  what: Changed nothing, and the app starts slowly
  edits:
    - { file: compose.yaml, from: 'START_AFTER: "0"', to: 'START_AFTER: "7"' }
  run: docker compose up -d
  fails: page-changed
  says: ${says}
`;
  assert.equal(await surprises(slow('hello', 'slow') + slow('no health check', 'early'), ['slow', 'early']), {
    slow: '',
    early: '',
  });
});

test('a case begins when the steps before it have passed, however long their app takes to start', async () => {
  const at = `- id: after-the-start
  what: Wrote another page when the app answered
  after: serve/up
  run: docker compose exec -T web python3 -c "open('index.html', 'a').write('more'); import urllib.request as r; r.urlopen('http://localhost:3000')"
  fails: page-changed
  says: more
`;
  const slow = tutorial(at)
    .replace('docker compose up -d', `sed -i 's/START_AFTER: "0"/START_AFTER: "4"/' compose.yaml\ndocker compose up -d`)
    .replace('count: 1 }', 'count: 1 }\n- http: { path: /, contains: hello }');
  assert.equal(await surprises(at, ['after-the-start'], slow), { 'after-the-start': '' });
});

test('an edit is of the text of the author, also where the run uses another port', async () => {
  const taken = createServer().listen(8095, '127.0.0.1');
  await once(taken, 'listening');
  const edits = `- id: other-port
  what: Published another port of the container
  edits:
    - { file: compose.yaml, from: '- 8095:3000', to: '- 8095:3001' }
    - { file: compose.yaml, from: '8095:3001', to: '8095:3002' }
  run: docker compose up -d
  fails: page-changed
  says: no answer
`;
  try {
    assert.equal(await surprises(edits, ['other-port']), { 'other-port': '' });
  } finally {
    taken.close();
  }
});

test('a case begins after what its steps need, and an error there says so', async () => {
  const after = (id: string, key: string) => `- id: ${id}
  what: Wrote the page again
  ${key}: change/page
  run: docker compose exec -T web sh -c "echo another > index.html"
  fails: page-changed
  says: another
`;
  const seen = await surprises(after('all', 'after') + after('alone', 'only-after'), ['all', 'alone']);
  assert.is(seen['all'], '');
  assert.match(
    seen['alone'] ?? '',
    /^E_COMMAND_FAILED: a command of `after` \(change\/page\) failed: `docker compose exec -T web/,
  );
});

test('a check that passes while its container is about to end is looked at again', async () => {
  const ends = `- id: ends
  what: The app ends soon
  edits:
    - { file: web/Dockerfile, from: exec python3 -m http.server 3000, to: sleep 2; exit 3 }
  run: docker compose up -d --build
  fails: web-has-1-replica
  says: exited with code 3
`;
  const main = tutorial('[]');
  assert.equal(await surprises(ends, ['ends'], main.replace('## Change', `${block('yaml mistakes', ends)}\n## Change`)), {
    ends: '',
  });
});

test('a step that replaces a container does not pass before its commands', async () => {
  const mistake = `- id: other
  what: Wrote another page
  after: serve/up
  run: docker compose exec -T web sh -c "echo another > index.html"
  fails: page-changed
  says: another
`;
  const restarted = tutorial(mistake).replace(
    '## Change',
    `### Restarted

${block('sh run', 'docker compose up -d --force-recreate')}
${block('yaml check', '- replicas: { of: web, count: 1 }\n- not: { untouched: web }')}
${block('yaml hints', '- a\n- b')}

## Change`,
  );
  assert.equal(await surprises('', ['untouched', 'solution'], restarted), { untouched: '', solution: '' });
});

test('no image is left by a gate with cases that build', async () => {
  const builds = (id: string, run: string) => `- id: ${id}
  what: Built it again
  after: serve/up
  edits:
    - { file: web/Dockerfile, from: hello, to: hello again }
  run: ${run}
  fails: page-changed
  says: hello again
`;
  const cases = builds('build', 'docker compose up -d --build') + builds('script', 'echo docker compose up -d --build | sh');
  assert.equal(await surprises(cases, ['build', 'script']), { build: '', script: '' });
  assert.equal(await images(), []);
});

test.run();
