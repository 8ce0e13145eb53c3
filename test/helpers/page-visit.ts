import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { suite } from 'uvu';
import type { Lang } from '../../src/lab/text.ts';
import type { ServerEvents } from '../../src/learn/web/protocol.ts';
import { content, learnStates, pictures } from '../fixtures/page-states.ts';
import { addAxe } from './axe.ts';
import { openChromium } from './chromium.ts';
import { type PageServer, startPageServer } from './page-server.ts';

/** Tests of the page of `lab learn --web` in a browser, with a server that sends each state. The page is the built one. */
export function pageSuite(name: string) {
  const test = suite<{ browser: Browser; server: PageServer }>(name);
  test.before(async (context) => {
    context.browser = await openChromium();
  });
  test.after(async ({ browser }) => {
    await browser.close();
  });
  test.before.each(async (context) => {
    context.server = await startPageServer();
    context.server.begin({ content, learn: learnStates.working, picture: pictures.three });
  });
  test.after.each(({ server }) => {
    server.close();
  });
  return test;
}

/** Chromium ends its requests, also those to this machine, when an engine adds a network: the page connects again. */
const networkChanged = /ERR_NETWORK_CHANGED/;

interface Visit {
  readonly page: Page;
  /** What the page said, asked of others, or was forbidden to do. */
  readonly events: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  readonly lang?: Lang;
  readonly settings?: object;
}

export async function visit(
  browser: Browser,
  server: PageServer,
  { lang = 'en', settings = {}, ...options }: VisitOptions = {},
): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  const events: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) events.push(`asked for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (!networkChanged.test(message.text())) events.push(`said ${message.text()}`);
  });
  page.on('pageerror', (error) => events.push(`threw ${error.message}`));
  await page.addInitScript(`
    if (!localStorage.getItem('labwright')) localStorage.setItem('labwright', '${JSON.stringify({ lang, ...settings })}');
    globalThis.EventSource = class extends EventSource {
      constructor(address) {
        super(address);
        globalThis.source = this;
        this.addEventListener('mark', ({ data }) => {
          globalThis.mark = Number(data);
          document.dispatchEvent(new Event('mark'));
        });
      }
    };
    document.addEventListener('securitypolicyviolation', (event) => console.log('violation of ' + event.violatedDirective));
  `);
  await page.goto(server.url);
  await page.locator('#step-title').waitFor();
  await addAxe(page);
  return { page, events };
}

export const terminalIsOpen = (page: Page) => page.locator('.xterm-rows').getByText('learner').waitFor();

let marks = 0;

/** After the page has drawn what was sent: an event that follows has arrived, and then two frames were drawn. */
export async function show(page: Page, server: PageServer, events: Partial<Omit<ServerEvents, 'bye'>>): Promise<void> {
  for (const [name, value] of Object.entries(events)) server.send(name as keyof ServerEvents, value as never);
  server.mark(++marks);
  await page.evaluate(`new Promise((done) => (function look() {
    if (globalThis.mark === ${marks}) done();
    else document.addEventListener('mark', look, { once: true });
  })())`);
  await drawn(page);
}

export const drawn = (page: Page) =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))');

export const focused = (page: Page) => page.evaluate<string>('document.activeElement.id || document.activeElement.className');

/** The page has its answer to the end of the server. */
export async function end(page: Page, server: PageServer, reason: string): Promise<void> {
  server.send('bye', { reason: { en: reason, 'zh-TW': reason } });
  await page.locator('.notice').getByText(reason).waitFor();
}

export const screens: readonly (VisitOptions & { readonly name: string })[] = [
  { name: 'laptop', viewport: { width: 1280, height: 800 } },
  { name: 'laptop, dark, Chinese', viewport: { width: 1280, height: 800 }, colorScheme: 'dark', lang: 'zh-TW' },
  { name: 'phone', viewport: { width: 360, height: 740 }, lang: 'zh-TW' },
  { name: 'projector, dark', viewport: { width: 2560, height: 1440 }, colorScheme: 'dark', settings: { size: 3 } },
];
