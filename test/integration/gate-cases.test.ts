// time limit: 240 s
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
const fence = '```';
const block = (kind: string, lines: string) => `${fence}${kind}\n${lines}\n${fence}\n`;
const tutorial = (mistakes: string) => `---
id: cases
stacks:
  site:
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

/** The surprise of each mistake, by its ID; empty: it was caught as expected. */
async function surprises(mistakes: string, ids: readonly string[]): Promise<Record<string, string>> {
  const dir = folder({ 'tutorial.md': tutorial(mistakes), 'stack/compose.yaml': compose, 'stack/web/Dockerfile': dockerfile });
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

test.run();
