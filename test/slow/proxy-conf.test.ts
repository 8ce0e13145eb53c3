// time limit: 300 s
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryGate } from '../../src/authoring/gate/gate.ts';
import { loadMarkdown } from '../../src/authoring/markdown/load-tutorial.ts';
import { clock } from '../../src/cli/clock.ts';
import { root } from '../../src/platform/package-root.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** The checks of a proxy's configuration in labs/README.md, on the stack of a tutorial that ships: they pass, and each fails for its mistake. */

const failover = join(root, 'labs/failover');
const [front = ''] = /^---\n[\s\S]*?^---\n/m.exec(readFileSync(join(failover, 'tutorial.md'), 'utf8')) ?? [];
const [, shown = ''] = readFileSync(join(root, 'labs/README.md'), 'utf8').split('### The configuration of a proxy\n');
const blocks = shown.match(/^```yaml (?:check|mistakes)\n[\s\S]*?^```$/gm)?.slice(0, 2) ?? [];

const page = `${front.replace('languages: [en, zh-TW]', 'languages: [en]')}
# Failover

## Next

### Start

\`\`\`sh run
docker compose up -d --wait
\`\`\`

\`\`\`yaml check
- replicas: { of: nginx, count: 1 }
\`\`\`

\`\`\`yaml hints
- One.
- Two.
\`\`\`

### Try the next one

\`\`\`sh run
cp steps/next.conf nginx/site.conf
docker compose restart nginx
\`\`\`

${blocks.join('\n\n')}

\`\`\`yaml hints
- One.
- Two.
\`\`\`

\`\`\`yaml alternatives
- id: reloaded
  what: Let nginx read its files again, without a restart
  before: docker compose up -d --wait
  run: |
    cp steps/next.conf nginx/site.conf
    docker compose exec nginx nginx -s reload
\`\`\`
`;

test('the checks of a proxy’s configuration pass for the solution, and catch each mistake with the words of their author', async () => {
  assert.is(blocks.length, 2);
  const dir = folder();
  cpSync(join(failover, 'stack'), join(dir, 'stack'), { recursive: true });
  const next = readFileSync(join(failover, 'stack/steps/next-upstream.conf'), 'utf8');
  writeFileSync(join(dir, 'stack/steps/next.conf'), next.replace('listen 80;', 'listen 80;\n    add_header X-Config 2 always;'));
  writeFileSync(join(dir, 'tutorial.md'), page);
  const { tutorial, gate, findings } = await loadMarkdown(dir);
  assert.equal(findings, []);
  assert.ok(tutorial);
  const state = folder();
  let [runs, marks] = [0, 0];
  const engine = await readyEngine();
  try {
    const results = await tryGate({
      ...{ engine, tutorial, gate, clock, assets: '', env: process.env, homes: { state, cache: state } },
      ...{ signal: new AbortController().signal, jobs: 2, only: [], onResult: () => undefined },
      nonce: () => `proxyconf-${++marks}`,
      runId: () => `proxyconf${process.pid}n${++runs}`,
    });
    assert.equal(
      results.flatMap(({ id, surprise }) => (surprise ? [`${id}: ${surprise.en}`] : [])),
      [],
    );
    assert.is(results.length, 3 + gate.mistakes.length + gate.equivalents.length);
  } finally {
    await engine.api.close();
  }
});

test.run();
