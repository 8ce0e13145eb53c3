// time limit: 600 s
// without an engine
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lang } from '../../src/lab/text.ts';
import { addAxe, violations } from '../helpers/axe.ts';
import { openChromium } from '../helpers/chromium.ts';
import { openWallPage, type WallPage, wallOf } from '../helpers/wall-page.ts';

/** Tests the page of `lab class` in a browser, with the server and the guards of `lab class`. The page is the built one. */

const test = suite<{ browser: Browser }>('the page of lab class');
test.before(async (context) => {
  context.browser = await openChromium();
});
test.after(async ({ browser }) => {
  await browser.close();
});

/** Chromium ends its requests, also those to this machine, when an engine adds a network: the page connects again. */
const networkChanged = /ERR_NETWORK_CHANGED/;

interface Visit {
  readonly page: Page;
  /** What the page said, asked of others, or was forbidden to do. */
  readonly events: string[];
}

/** Opens the address as a person does. */
async function visit(browser: Browser, { url }: WallPage, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, ...options });
  const events: string[] = [];
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) events.push(`asked for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (!networkChanged.test(message.text())) events.push(`said ${message.text()}`);
  });
  page.on('pageerror', (error) => events.push(`threw ${error.message}`));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => console.log('violation of ' + event.violatedDirective))",
  );
  await page.goto(url).catch(async (error: Error) => {
    if (!networkChanged.test(error.message)) throw error;
    await page.goto(url);
  });
  await page.locator('.totals').waitFor();
  await addAxe(page);
  return { page, events };
}

/** Texts that are wider than their box, or that another text covers. */
const misplaced = `(() => {
  const boxes = [...document.querySelectorAll('h1, h2, .totals > *, .join, .who, .time, .count, .step, .names, button')]
    .filter((one) => one.checkVisibility() && !one.closest('.hidden'));
  const cut = boxes.filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline');
  const covered = boxes.filter((one, at) => boxes.slice(at + 1).some((other) => {
    if (one.contains(other)) return false;
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  }));
  return [...cut, ...covered].map((one) => one.outerHTML.slice(0, 120));
})()`;

const screens = [
  [360, 740],
  [1280, 720],
  [2560, 1440],
] as const;
const looks: readonly (readonly [Lang, 'light' | 'dark'])[] = [
  ['en', 'light'],
  ['zh-TW', 'dark'],
];

for (const [lang, colorScheme] of looks)
  for (const [width, height] of screens)
    test(`axe finds no violation, and no text is cut or covered: ${lang}, ${colorScheme}, ${width} px`, async ({ browser }) => {
      await using wall = await openWallPage(lang);
      const { page, events } = await visit(browser, wall, { viewport: { width, height }, colorScheme });
      const fits = async (state: string) => {
        assert.equal(await violations(page), [], state);
        assert.equal(await page.evaluate(misplaced), [], state);
        assert.is(await page.evaluate('document.documentElement.scrollWidth'), width, state);
      };
      await fits('no learner');
      for (const count of [3, 25, 200]) {
        wall.show(wallOf(count));
        await page.getByText(lang === 'en' ? `${here(count)} learners` : `${here(count)} 人`, { exact: true }).waitFor();
        await fits(`${count} learners`);
      }
      await page.getByRole('button', { name: lang === 'en' ? 'Hide names' : '隱藏名字' }).click();
      await fits('without names');
      wall.end();
      await page.getByText(lang === 'en' ? 'The class has ended.' : '班級已結束。').waitFor();
      await fits('ended');
      assert.equal(events, []);
      await page.close();
    });

/** Learners of `wallOf` who are connected. */
const here = (count: number): number => wallOf(count).filter(({ awaySince }) => awaySince === undefined).length;

test('axe finds a violation, and a style in the page is one of the policy', async ({ browser }) => {
  await using wall = await openWallPage('en');
  const { page, events } = await visit(browser, wall);
  await page.evaluate('document.querySelector("h1").append(document.createElement("img"))');
  assert.match((await violations(page)).join('\n'), /image-alt/);
  assert.equal(events, []);
  await page.evaluate('document.querySelector("h1").setAttribute("style", "color: red")');
  assert.match(events.join('\n'), /violates the following Content Security Policy directive 'style-src/);
  await page.close();
});

test('who asks for help is first with how long, then who has not moved; each step has its count', async ({ browser }) => {
  await using wall = await openWallPage('en', wallOf(25));
  const { page } = await visit(browser, wall);
  assert.equal(await page.locator('h1, h2').allInnerTexts(), [
    'Class · Scaling and load balancing with Docker Compose',
    'Ask for help · 3',
    'At the same step for long · 5',
    'Steps',
  ]);
  const rows = (selector: string) => page.locator(selector).evaluateAll((all) => all.map((one) => one.textContent));
  assert.equal(await rows('.asking li'), [
    'Maximilian Oberhauser 2 scale/in 12 min',
    'Maximilian Oberhauser 3 nginx/stale 8 min',
    'Maximilian Oberhauser scale/in 2 min',
  ]);
  assert.match((await rows('.still li'))[0] ?? '', /^b10902099 3 nginx\/restart 36 min$/);
  assert.match((await rows('.steps li'))[9] ?? '', /^2 at nginx\/restart /);
  assert.match(await page.locator('.totals').innerText(), /23 learners\s+2 finished\s+2 not connected/);
  await page.close();
});

test('the page follows changes, says how many ask for help, and shows the end', async ({ browser }) => {
  await using wall = await openWallPage('en');
  const { page, events } = await visit(browser, wall);
  assert.match(await page.locator('main').innerText(), /No learner has joined yet\.[\s\S]*lab learn --join F3KQ-/);
  const [ann] = wallOf(1);
  assert.ok(ann);
  wall.show([ann]);
  await page.getByText('No one asks for help.').waitFor();
  wall.show([{ ...ann, at: 'nginx/restart', helpSince: ann.movedAt }]);
  await page.getByRole('listitem').filter({ hasText: '1 at nginx/restart' }).waitFor();
  await page.getByRole('status').filter({ hasText: '1 learner asks for help.' }).waitFor({ state: 'attached' });
  wall.show([{ ...ann, awaySince: 0 }]);
  await page.getByText('1 not connected').waitFor();
  wall.show([ann]);
  await page.getByText(ann.nickname).first().waitFor();
  wall.end();
  await page.getByRole('status').filter({ hasText: 'The class has ended.' }).waitFor();
  assert.is(await page.getByText(ann.nickname).count(), 0);
  assert.is(await page.getByText('F3KQ').count(), 0);
  assert.equal(events, []);
  await page.close();
});

test('a nickname that is HTML is shown as text: where learners ask for help, have not moved, and at the steps', async ({
  browser,
}) => {
  const nickname = '<img src=x onerror=alert(1)>';
  const [asking, , , , still] = wallOf(5).map((one) => ({ ...one, nickname }));
  assert.ok(asking && still);
  const wall = [{ ...asking, helpSince: asking.movedAt }, still];
  await using served = await openWallPage('en', wall);
  const { page, events } = await visit(browser, served);
  page.on('dialog', (dialog) => {
    events.push(`opened ${dialog.message()}`);
    void dialog.dismiss();
  });
  for (const place of ['.asking', '.still', '.steps'])
    await page.locator(place).getByText(nickname, { exact: true }).first().waitFor();
  assert.is(await page.locator('main img').count(), 0);
  assert.equal(events, []);
  await page.close();
});

test('by keyboard: names are hidden, also those of who asks for help, and the language changes', async ({ browser }) => {
  await using wall = await openWallPage('en', wallOf(25));
  const { page } = await visit(browser, wall);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('longest: 12 min').waitFor();
  await page.getByRole('button', { name: 'Show names' }).waitFor();
  const text = await page.locator('main').innerText();
  for (const { nickname } of wallOf(25)) assert.not.match(text, nickname);
  assert.match(text, /Ask for help · 3[\s\S]*3 learners · longest: 12 min/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.locator('html[lang=zh-TW]').waitFor();
  await page.getByText('請求協助').first().waitFor();
  assert.match(await page.locator('main').innerText(), /請求協助 · 3[\s\S]*3 人 · 最久 12 分鐘/);
  assert.match(await page.title(), '班級 · ');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('王小明').first().waitFor();
  await page.close();
});

test('a server that is gone is shown with the last wall', async ({ browser }) => {
  await using wall = await openWallPage('en', wallOf(3));
  const { page } = await visit(browser, wall);
  await wall.close();
  await page.getByRole('status').filter({ hasText: 'The connection to `lab class` is lost.' }).waitFor();
  assert.match(await page.locator('main').innerText(), '3 learners');
  assert.equal(await violations(page), []);
  await page.close();
});

test.run();
