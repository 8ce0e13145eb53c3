import type { Browser, Page } from 'playwright-core';
import { type Started, startBin } from './bin.ts';

/** `lab learn --web` in a folder, and its address. */
export interface ServedLearn {
  readonly url: string;
  readonly program: Started;
}

/** Starts `lab learn --web` and waits for the address that it prints. */
export async function serveLearn(env: NodeJS.ProcessEnv, dir: string, ...args: readonly string[]): Promise<ServedLearn> {
  const program = startBin(['learn', '--web', '--no-open', ...args], env, dir);
  let printed = '';
  program.child.stdout?.on('data', (text: string) => {
    printed += text;
  });
  await program.until(/http:\S+token=\S+\n/);
  return { url: /http:\S+token=\S+/.exec(printed)?.[0] ?? '', program };
}

export interface OpenedPage {
  readonly page: Page;
  /** Requests to other hosts, messages of the console, errors, and violations of the policy. */
  readonly wrong: string[];
}

/** Opens the page as a person does, with the address that was printed. */
export async function openPage(browser: Browser, url: string, viewport = { width: 1440, height: 900 }): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const wrong: string[] = [];
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) wrong.push(`asked for ${request.url()}`);
  });
  page.on('console', (message) => {
    // a server that is away is part of some tests; the page shows it
    if (!/Failed to load resource|WebSocket connection to/.test(message.text())) wrong.push(`said ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`threw ${error.message}`));
  await page.goto(url);
  await page.locator('h1').waitFor();
  return { page, wrong };
}

/** Types a line in the page's terminal, with its shell ready. */
export async function typeInTerminal(page: Page, line: string): Promise<void> {
  await page.locator('.xterm').click();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** The step that the page shows: `nginx/up`. */
export const shownStep = (page: Page): Promise<string> => page.locator('.eyebrow code').innerText();

export interface PageWalk {
  readonly page: Page;
  readonly steps: readonly (readonly [step: string, typed: string])[];
  /** Called when a step has begun, and when it has passed. */
  seen?(at: string): void | Promise<void>;
}

/** Types each step's line in the page's terminal, waits until the page shows that it has passed, and goes on. Rejects if a step does not pass within 2 min. */
export async function walkOnPage({ page, steps, seen }: PageWalk): Promise<void> {
  for (const [at, [step, typed]] of steps.entries()) {
    await page.locator('.eyebrow code').filter({ hasText: step }).waitFor({ timeout: 60_000 });
    await begun(page);
    await seen?.(step);
    await typeInTerminal(page, typed);
    await page.locator('#passed-title').waitFor({ timeout: 120_000 });
    await seen?.(`${step} passed`);
    if (at < steps.length - 1) await page.locator('.next button').click();
  }
}

/** What the step is compared with is known: what is typed counts. */
async function begun(page: Page): Promise<void> {
  await page.locator('.key-bar button[aria-disabled="false"]').first().waitFor({ timeout: 60_000 });
}
