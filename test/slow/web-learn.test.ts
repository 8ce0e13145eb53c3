// alone on the engine: the stacks publish a port
// time limit: 900 s
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { loadProgress } from '../../src/learn/progress.ts';
import { en } from '../../src/learn/web/page/words/en.ts';
import { holdPort } from '../../src/platform/port.ts';
import { openChromium } from '../helpers/chromium.ts';
import { readyEngine } from '../helpers/engine.ts';
import { typedLines } from '../helpers/learn-walk.ts';
import { type Learner, learner } from '../helpers/learner.ts';
import { openRelay } from '../helpers/relay.ts';
import { openPage, type ServedLearn, serveLearn, shownStep, typeInTerminal, walkOnPage } from '../helpers/web-walk.ts';

/** A learner does a tutorial on the page of `lab learn --web`, in Debian's Chromium, on a real stack. */
const test = suite<{ engine: Engine; browser: Browser }>('web-learn');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.browser = await openChromium();
});
test.after(async ({ engine, browser }) => {
  await browser.close();
  await engine.api.close();
});

interface Lesson {
  readonly me: Learner;
  readonly env: NodeJS.ProcessEnv;
  /** The steps of the folder, as they are typed here. */
  readonly steps: readonly (readonly [step: string, typed: string])[];
}

/** A folder of its own with a free port; removed after the work. */
async function lesson(engine: Engine, stack: 'base' | 'nginx', work: (one: Lesson) => Promise<void>, lang = 'C'): Promise<void> {
  const port = await holdPort(8000);
  const me = await learner(engine, stack, { NGINX_PORT: String(port.port) });
  const env = { ...me.env, LANG: lang, LC_ALL: lang, SHELL: '/bin/sh', PS1: '$ ' };
  const typed = (line: string) =>
    line.replaceAll('docker compose', engine.compose.line).replaceAll('$NGINX_PORT', `${port.port}`);
  const steps = typedLines[stack].map(([step, line]) => [step, typed(line)] as const);
  try {
    await work({ me, env, steps });
  } finally {
    await me.remove();
    await port.release();
  }
}

const end = async ({ program }: ServedLearn): Promise<void> => {
  program.child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await program.ended;
  assert.equal([exitCode, stderr], [0, '']);
  assert.match(stdout, /^(?:The page has ended; your progress is kept|頁面已結束，進度已保留)/m);
};

/** Requests to nginx; a minimal machine has no curl. */
const requests = (port: string | undefined, count: number) =>
  `node -e "(async () => { for (let i = 0; i < ${count}; i++) await (await fetch('http://127.0.0.1:${port}/')).text(); })()"`;

const flask = (page: Page) => page.locator('.card').filter({ hasText: 'flask' });

test('the whole tutorial in front of nginx: typed on the page, seen in the picture as 1, 3, stale and 3', async ({
  engine,
  browser,
}) => {
  await lesson(engine, 'nginx', async ({ me, env, steps }) => {
    const served = await serveLearn(env, me.dir);
    const { page, wrong } = await openPage(browser, served.url);
    try {
      const replicas = page.locator('.replica').filter({ hasText: /flask-\d/ });
      await walkOnPage({
        ...{ page, steps },
        seen: async (at) => {
          if (at === 'nginx/single passed') {
            await flask(page).getByText('DNS: 1 · nginx: 1').waitFor();
            assert.is(await replicas.count(), 1);
          }
          if (at === 'nginx/scale passed') {
            await typeInTerminal(page, requests(env['NGINX_PORT'], 12));
            await page.locator('.card-stale').getByText('DNS: 3 · nginx: 1').waitFor();
            await flask(page).getByText('nginx passes requests to 1 of the 3 replicas in DNS').waitFor();
            assert.is(await replicas.count(), 3);
          }
          if (at === 'nginx/restart passed') {
            await typeInTerminal(page, requests(env['NGINX_PORT'], 12));
            await flask(page).getByText('DNS: 3 · nginx: 3').waitFor();
            assert.is(await page.locator('.card-stale').count(), 0);
          }
        },
      });
      await replicas.first().waitFor({ state: 'detached' });
      const { steps: passed } = (await loadProgress(me.dir)) ?? { steps: {} };
      assert.equal(Object.keys(passed).sort(), steps.map(([step]) => step).sort());
      assert.equal(wrong, []);
    } finally {
      await page.context().close();
      await end(served);
    }
  });
});

test('in Traditional Chinese, the whole tutorial without nginx', async ({ engine, browser }) => {
  await lesson(
    engine,
    'base',
    async ({ me, env, steps }) => {
      const served = await serveLearn(env, me.dir);
      const { page, wrong } = await openPage(browser, served.url);
      try {
        assert.is(await page.locator('html').getAttribute('lang'), 'zh-TW');
        await walkOnPage({ page, steps });
        await page.locator('#passed-title').getByText('10').waitFor();
        assert.match(await page.locator('.learned').innerText(), /[\u4e00-\u9fff]/);
        assert.equal(wrong, []);
      } finally {
        await page.context().close();
        await end(served);
      }
    },
    'zh_TW.UTF-8',
  );
});

test('goes on after a reload, in two tabs, after the server was killed and started again, and after the engine was away', async ({
  engine,
  browser,
}) => {
  await lesson(engine, 'nginx', async ({ me, env, steps }) => {
    const relay = await openRelay(engine);
    const over = { ...env, DOCKER_HOST: relay.host };
    let served = await serveLearn(over, me.dir);
    const { page } = await openPage(browser, served.url);
    // the same browser: the cookie is shared
    const other = await page.context().newPage();
    try {
      await other.goto(page.url());
      await walkOnPage({ page, steps: steps.slice(0, 2) });
      await other.locator('#passed-title').waitFor();
      await page.reload();
      await page.locator('#passed-title').waitFor();
      // what was in the terminal is there again, in both tabs
      for (const tab of [page, other]) await tab.locator('.xterm-rows').getByText('hostname is').first().waitFor();

      served.program.child.kill('SIGKILL');
      await served.program.ended;
      await page.locator('.notice.warn').waitFor();
      const before = served.url;
      served = await serveLearn(over, me.dir);
      assert.is(served.url, before);
      for (const tab of [page, other]) await tab.locator('.notice').waitFor({ state: 'detached', timeout: 60_000 });
      await page.locator('.eyebrow code').getByText('nginx/scale').waitFor();

      await relay.away();
      await page.locator('.status.bad').waitFor();
      await relay.back();
      await page.locator('.status.bad').waitFor({ state: 'detached', timeout: 60_000 });
      await walkOnPage({ page, steps: steps.slice(2, 3) });
      await other.locator('#passed-title').waitFor();
      assert.is(await shownStep(other), 'nginx/scale');
    } finally {
      await page.context().close();
      served.program.child.kill('SIGKILL');
      await relay.close();
    }
  });
});

test('without the command of the step nothing passes; a file that the step shows is shown as the learner changed it', async ({
  engine,
  browser,
}) => {
  await lesson(engine, 'nginx', async ({ me, env }) => {
    const served = await serveLearn(env, me.dir);
    const { page } = await openPage(browser, served.url);
    try {
      await page.locator('.key-bar button[aria-disabled="false"]').first().waitFor();
      await typeInTerminal(page, 'echo typed-$((40+2))');
      await page.locator('.xterm-rows').getByText('typed-42').first().waitFor();
      await page.keyboard.press('F6');
      await page.keyboard.press('c');
      await page.getByText('expected', { exact: false }).first().waitFor();
      assert.is(await page.locator('#passed-title').count(), 0);
      assert.is(await shownStep(page), 'nginx/up');
      appendFileSync(join(me.dir, 'compose.yaml'), '# a line of my own\n');
      await page.getByRole('button', { name: en.wholeFile }).first().click();
      await page.getByText('# a line of my own').waitFor();
    } finally {
      await page.context().close();
      await end(served);
    }
  });
});

test.run();
