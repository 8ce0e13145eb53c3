// time limit: 800 s
// without an engine
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classPage, fileNames, studentPage } from '../../src/grade/export/file-names.ts';
import { renderClassPage, renderStudentPage } from '../../src/grade/export/html/pages.ts';
import { langs } from '../../src/lab/text.ts';
import { bigBook, entries, gradebook, weakerBook } from '../fixtures/gradebook.ts';
import { openChromium } from '../helpers/chromium.ts';
import { folder } from '../helpers/folder.ts';

/** Tests the HTML pages in a browser: Debian's Chromium. */

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const dir = folder();
const nameOf = fileNames(gradebook.entries.map(({ student }) => student.id));
const pages = new Map([
  [classPage, renderClassPage(gradebook)],
  ['weaker.html', renderClassPage(weakerBook)],
  ['big.html', renderClassPage(bigBook(60))],
  ...gradebook.entries.map((entry) => [studentPage(nameOf(entry.student.id)), renderStudentPage(gradebook, entry)] as const),
]);
for (const [path, page] of pages) {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), page);
}
const one = studentPage(nameOf(entries.one.student.id));

const test = suite<{ browser: Browser }>('pages in a browser');
test.before(async (context) => {
  context.browser = await openChromium();
});
test.after(async ({ browser }) => {
  await browser.close();
});

/** The requests, console messages, dialogs and popups of a page since it was opened. */
interface Visit {
  readonly page: Page;
  readonly events: string[];
}

async function visit(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
  const events: string[] = [];
  page.on('request', (request) => events.push(`asked for ${request.url().replace(pathToFileURL(dir).href, '')}`));
  page.on('console', (message) => events.push(`said ${message.text()}`));
  page.on('dialog', (dialog) => {
    events.push(`opened ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => events.push(`opened ${popup.url()}`));
  await page.goto(`${pathToFileURL(dir).href}/${path}`);
  return { page, events };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, 'utf8'));
  const found = await page.evaluate<AxeResults, RunOptions>(
    (options) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ['violations', 'incomplete'] },
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds no violations in both languages, ${colorScheme}`, async ({ browser }) => {
    for (const path of pages.keys())
      for (const lang of langs) {
        const { page } = await visit(browser, `${path}#${lang}`, { colorScheme });
        assert.equal(await violations(page), [], `${path}#${lang}`);
        await page.close();
      }
  });
}

test('axe finds a violation, also with the Content Security Policy', async ({ browser }) => {
  const { page } = await visit(browser, one);
  await page.evaluate(
    'document.querySelector("h1").innerHTML = "", document.querySelector("main").append(document.createElement("img"))',
  );
  assert.match((await violations(page)).join('\n'), /image-alt/);
  await page.close();
});

test('a page requests only itself, and only the page of a class has a script', async ({ browser }) => {
  for (const path of pages.keys()) {
    const { page, events } = await visit(browser, path);
    await page.evaluate('new Promise((done) => setTimeout(done, 50))');
    assert.equal(events, [`asked for /${path}`]);
    assert.is(await page.locator('img, iframe, form, [onerror], [onload], [style]').count(), 0);
    assert.is(await page.locator('script').count(), path.includes('/') ? 0 : 1, path);
    await page.close();
  }
});

test('the Content Security Policy blocks injected markup', async ({ browser }) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const evil = `<img src="${elsewhere}/x" onerror="alert(1)"><style>body{display:none}</style><script>alert(2)</script>`;
  writeFileSync(join(dir, 'evil.html'), renderStudentPage(gradebook, entries.one).replaceAll('<header>', `<header>${evil}`));
  const { page, events } = await visit(browser, 'evil.html');
  await page.evaluate('new Promise((done) => setTimeout(done, 50))');
  assert.equal(asked, []);
  assert.equal(
    events.filter((event) => event.startsWith('opened ')),
    [],
  );
  assert.is(events.filter((event) => /violates the following Content Security Policy/.test(event)).length >= 3, true);
  assert.ok(await page.locator('main').isVisible());
  await page.close();
  server.closeAllConnections();
  server.close();
});

test('a click switches the language without a script, and links keep the language', async ({ browser }) => {
  const { page } = await visit(browser, classPage, { javaScriptEnabled: false });
  const [english, chinese] = [page.locator('article[lang=en]'), page.locator('article[lang="zh-TW"]')];
  const shown = async () => [await english.isVisible(), await chinese.isVisible()];
  assert.equal(await shown(), [true, false]);
  await page.getByRole('link', { name: '中文' }).click();
  assert.equal(await shown(), [false, true]);
  await page.getByRole('link', { name: '陳美麗' }).click();
  await page.waitForURL(`**/${one}#zh-TW`);
  assert.equal(await shown(), [false, true]);
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await shown(), [true, false]);
  await page.close();
});

test('the table of students can be sorted and filtered', async ({ browser }) => {
  const { page, events } = await visit(browser, classPage);
  const english = page.locator('article[lang=en]');
  const points = async () => (await english.locator('table[data-filter] tbody td.number:visible').allInnerTexts()).map(Number);
  const all = (await points()).length;
  await english.getByRole('button', { name: 'points' }).click();
  const rising = (await points()).filter((one) => !Number.isNaN(one));
  assert.equal(
    rising,
    [...rising].sort((one, other) => one - other),
  );
  await english.getByRole('button', { name: 'points' }).click();
  assert.is((await points())[0], 100);
  assert.is(await english.locator('th[aria-sort=descending]').count(), 1);
  await english.getByRole('searchbox').fill('refused b1090');
  assert.equal(await english.locator('table[data-filter] tbody tr:visible th').allInnerTexts(), ['林志強 b10902005']);
  assert.match(await english.getByRole('status').innerText(), new RegExp(`^1 / ${all} students shown$`));
  assert.equal(
    events.filter((event) => event.startsWith('said ')),
    [],
  );
  await page.close();
});

test('without a script the table is complete, and nothing is shown that does not work', async ({ browser }) => {
  const { page } = await visit(browser, classPage, { javaScriptEnabled: false });
  const english = page.locator('article[lang=en]');
  assert.is(await english.locator('table[data-filter] tbody tr:visible').count(), gradebook.entries.length);
  assert.is(await page.locator('button, input').count(), 0);
  await page.close();
});

test('the language switch works with the keyboard', async ({ browser }) => {
  const { page } = await visit(browser, one);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.ok(await page.locator('article[lang="zh-TW"]').isVisible());
  await page.close();
});

test('no page is wider than the screen, on a phone or a desktop', async ({ browser }) => {
  const { page } = await visit(browser, one);
  for (const path of pages.keys())
    for (const lang of langs) {
      await page.goto('about:blank');
      await page.goto(`${pathToFileURL(dir).href}/${path}#${lang}`);
      for (const width of [320, 400, 1200]) {
        await page.setViewportSize({ width, height: 800 });
        assert.is(await page.evaluate<number>('document.documentElement.scrollWidth'), width, `${path}#${lang} at ${width}`);
      }
    }
  await page.close();
});

test('no label of a chart is clipped', async ({ browser }) => {
  const outside = `[...document.querySelectorAll('svg[role=img] > text')].filter((text) => {
    const [own, all] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
    return own.width > 0 && (own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1);
  }).map((text) => text.textContent)`;
  for (const path of pages.keys()) {
    const { page } = await visit(browser, path);
    assert.equal(await page.evaluate(outside), [], path);
    await page.close();
  }
});

test('dark and light colours differ, and print uses light', async ({ browser }) => {
  const { page } = await visit(browser, one, { colorScheme: 'dark' });
  const ink = () => page.evaluate<string>('getComputedStyle(document.querySelector(".card")).color');
  const dark = await ink();
  await page.emulateMedia({ media: 'print' });
  const paper = await ink();
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  assert.is(paper, await ink());
  assert.is.not(dark, paper);
  await page.close();
});

test('print contains only the chosen language, and does not split rows', async ({ browser }) => {
  const { page } = await visit(browser, 'big.html#zh-TW');
  const pdf = await page.pdf({ format: 'A4' });
  assert.is(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(sheets > 1 && sheets < 10, `${sheets} sheets`);
  await page.emulateMedia({ media: 'print' });
  const text = await page.locator('body').innerText();
  assert.match(text, /全班成績/);
  assert.not.match(text, /Grades of the class|English/);
  assert.is(await page.evaluate('getComputedStyle(document.querySelector("tbody tr")).breakInside'), 'avoid');
  await page.close();
});

test.run();
