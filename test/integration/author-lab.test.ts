import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../src/cli/clock.ts';
import * as api from '../../src/index.ts';
import { root } from '../../src/platform/package-root.ts';
import { runLabs } from '../../src/run/run.ts';
import { hello } from '../fixtures/author-lab/labs/hello/index.ts';
import { judgePage, type PageFacts, pageIsServed } from '../fixtures/author-lab/labs/hello/page.ts';
import { assertComplete, fail, inEnglish, pass, wait } from '../fixtures/english-verdict.ts';
import { client, nginx, stackFacts } from '../fixtures/facts.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** Runs the example lab of labs/README.md on a real engine. `docs.test.ts` compares the two texts. */

const author = join(root, 'test/fixtures/author-lab');

test('the public API exports everything that the lab imports from src', () => {
  const used = ['index.ts', 'page.ts']
    .map((name) => readFileSync(join(author, 'labs/hello', name), 'utf8'))
    .flatMap((text) =>
      [...text.matchAll(/^import \{([^}]+)\} from '[./]+\/src\//gm)].flatMap(([, names = '']) => names.split(',')),
    )
    .map((name) => name.trim())
    .filter((name) => !name.startsWith('type ') && !/^[A-Z]/.test(name));
  assert.ok(used.length > 10, used.join());
  assert.equal(
    used.filter((name) => !Object.hasOwn(api, name)),
    [],
  );
});

test('all texts of the lab exist in both languages', () => {
  assertComplete(hello.title, hello.id);
  for (const { title, steps } of hello.labs) {
    assertComplete(title, title.en);
    for (const step of steps) {
      for (const text of [step.title, step.teach, ...step.hints]) assertComplete(text, step.id);
      for (const check of step.verify) assertComplete(check.claim, check.id);
    }
  }
});

test("the judge function of the lab's own check needs only plain facts", () => {
  const page = (over: Partial<PageFacts>): PageFacts => ({
    ...stackFacts([nginx(), client()]),
    exitCode: 0,
    served: 'Hello.',
    onHost: 'Hello.',
    ...over,
  });
  const logs = 'read its log: docker compose logs nginx';
  assert.equal(inEnglish(judgePage(page({}))), pass('"Hello."'));
  assert.equal(inEnglish(judgePage(page({ served: 'Welcome to nginx!' }))), fail('"Hello."', '"Welcome to nginx!"', logs));
  assert.equal(inEnglish(judgePage(page({ exitCode: 7, served: '' }))), wait('"Hello."', 'curl ended with exit code 7', logs));
  assert.equal(inEnglish(judgePage(page({ exitCode: 6, served: '' }))), fail('"Hello."', 'curl ended with exit code 6', logs));
  const { exitCode: _, ...none } = page({ served: '' });
  assert.equal(inEnglish(judgePage(none)), fail('"Hello."', 'no client runs to ask from', logs));
  assert.is(pageIsServed().judge, judgePage);
});

test('the lab passes on a real engine', async () => {
  const engine = await readyEngine();
  try {
    const state = folder();
    const outcomes: string[] = [];
    const outcome = await runLabs({
      tutorial: hello,
      labs: hello.labs,
      engine,
      homes: { state, cache: join(state, 'cache') },
      assets: join(author, 'assets'),
      env: process.env,
      runId: `author${process.pid}`,
      clock,
      nonce: () => 'author',
      listen: (event) => {
        if (event.kind === 'check-finished') outcomes.push(`${event.result.id} ${event.result.outcome}`);
      },
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      keep: false,
    });
    assert.equal([outcome, ...outcomes.filter((one) => !one.endsWith(' passed'))], ['passed']);
    assert.is(outcomes.length, 5);
  } finally {
    await engine.api.close();
  }
});

test.run();
