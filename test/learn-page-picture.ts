import { join } from 'node:path';
import { type Lang, langs } from '../src/lab/text.ts';
import { root } from '../src/platform/package-root.ts';
import { holdPort } from '../src/platform/port.ts';
import { openChromium } from './helpers/chromium.ts';
import { readyEngine } from './helpers/engine.ts';
import { learner } from './helpers/learner.ts';
import { openPage, serveLearn, typeInTerminal, walkOnPage } from './helpers/web-walk.ts';

/** Writes the pictures of the page of `lab learn --web` in README.md (`npm run picture`): a real stack that was scaled to three, with nginx not restarted. */

const held = await holdPort(8000);
const requests = `for i in 1 2 3 4 5 6; do curl -sS localhost:${held.port}; done`;
const steps = [
  ['nginx/up', 'docker compose up -d'],
  ['nginx/single', requests],
  ['nginx/scale', 'docker compose up -d --scale flask=3'],
] as const;
const engine = await readyEngine();
const browser = await openChromium();
try {
  for (const lang of langs) await takePicture(lang);
} finally {
  await browser.close();
  await held.release();
  await engine.api.close();
}

async function takePicture(lang: Lang): Promise<void> {
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const locale = lang === 'en' ? 'C.UTF-8' : 'zh_TW.UTF-8';
  const env = { ...me.env, LANG: locale, LC_ALL: locale, SHELL: '/bin/sh', PS1: 'my-lab/nginx$ ' };
  await me.type('docker compose build');
  const { url, program } = await serveLearn(env, me.dir);
  try {
    const { page } = await openPage(browser, url);
    await walkOnPage({ page, steps });
    await page.locator('.card-stale').waitFor();
    await typeInTerminal(page, requests);
    await page.locator('.xterm-rows').getByText('hostname is').nth(3).waitFor();
    await page.screenshot({ path: join(root, `assets/learn-${lang}-page.png`) });
    await page.context().close();
  } finally {
    program.child.kill('SIGINT');
    await program.ended;
    await me.remove();
  }
}
