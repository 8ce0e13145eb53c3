// alone on the engine: Chromium ends requests whenever another file adds a network
// time limit: 300 s
import * as assert from 'uvu/assert';
import { content, learnStates, pictures, runContent, runStates } from '../fixtures/page-states.ts';
import { violations } from '../helpers/axe.ts';
import { drawn, end, focused, pageSuite, show, terminalIsOpen, visit } from '../helpers/page-visit.ts';

const test = pageSuite('the connection of the page, its focus and its answers');

test('a lost connection is shown and made again, and a shell that ended can be opened anew', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  server.exitShell();
  await page.getByRole('button', { name: 'Open a new one' }).click();
  await page.locator('.terminal-state').waitFor({ state: 'detached' });
  assert.match(await focused(page), 'xterm-helper-textarea');
  server.cut(true);
  await page.getByText('Connection lost, trying again').waitFor();
  await page.getByRole('heading', { name: /^The stack, not measured since \d\d:\d\d:\d\d$/ }).waitFor();
  assert.is(await page.locator('.drawing.dim').count(), 1);
  assert.equal(await violations(page), []);
  server.cut(false);
  await page.locator('.notice').waitFor({ state: 'detached', timeout: 20_000 });
  await page.locator('.terminal-state').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'The stack, live' }).waitFor();
  // the server sends again what the shell printed
  await terminalIsOpen(page);
  assert.is((await page.locator('.xterm-rows').innerText()).split('learner').length, 2);
  await page.close();
});

test('after the end of the server, the page and its terminal do not connect again', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  await page.clock.install();
  await end(page, server, 'Ctrl-C was pressed');
  assert.match(await page.locator('.notice').innerText(), /lab learn --web/);
  assert.match(await page.locator('.terminal-state').innerText(), 'The terminal has ended with labwright.');
  const before = server.connections();
  await page.clock.runFor(60_000);
  // a request after those that the timers could have caused
  await page.evaluate('fetch("favicon.svg").then(() => undefined)');
  assert.is(server.connections(), before);
  assert.is(await page.evaluate('globalThis.source.readyState'), 2, 'the browser itself does not connect again');
  await page.close();
});

test('a terminal does not connect again while the page is not connected', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  await page.clock.install();
  await page.route('**/events', (route) => route.abort());
  server.cut(false);
  await page.getByText('Connection lost, trying again').waitFor();
  await page.getByText('Connection to the terminal lost').waitFor();
  const before = server.connections();
  await page.clock.runFor(60_000);
  await page.evaluate('fetch("favicon.svg").then(() => undefined)');
  assert.is(server.connections(), before);
  await page.close();
});

test('without a connection no question locks the page, and nothing can be pressed that the server would not receive', async ({
  browser,
  server,
}) => {
  server.begin({ content, learn: learnStates.passed, picture: pictures.three });
  const { page } = await visit(browser, server);
  const next = page.getByRole('button', { name: 'Next step' });
  assert.is(await next.getAttribute('aria-disabled'), 'false');
  await show(page, server, { learn: { ...learnStates.passed, dialog: learnStates.confirm.dialog } });
  await page.getByRole('dialog', { name: 'Go to another step?' }).waitFor();
  server.cut(true);
  await page.getByText('Connection lost, trying again').waitFor();
  assert.is(await page.getByRole('dialog').count(), 0);
  assert.is(await next.getAttribute('aria-disabled'), 'true');
  await next.click({ force: true });
  await page.locator('.step-nav button').last().click({ force: true });
  await page.getByRole('button', { name: 'List of steps' }).click();
  await page.locator('.list-row').last().click({ force: true });
  await page.keyboard.press('Escape');
  server.cut(false);
  await page.locator('.notice').waitFor({ state: 'detached', timeout: 20_000 });
  const answered = page.waitForResponse('**/press');
  await next.click();
  await answered;
  assert.equal(server.presses, [{ kind: 'key', key: 'enter' }], 'only what was pressed with a connection');
  await page.close();
});

test('an answer that the server refuses, and a receipt that cannot be read, are shown', async ({ browser, server }) => {
  server.begin({ content, learn: learnStates.working, picture: pictures.three });
  const { page } = await visit(browser, server);
  await page.route('**/press', (route) => route.fulfill({ status: 500 }));
  await page.route(/\/receipt\.json\?for=page$/, (route) => route.fulfill({ status: 500 }));
  await page.clock.install();
  await page.getByRole('button', { name: 'Hint', exact: true }).click();
  await page.locator('.message').getByText('The server did not accept this. Try again.').waitFor();
  assert.equal(await violations(page), []);
  await page.clock.runFor(7000);
  await page.locator('.message').waitFor({ state: 'detached' });
  await show(page, server, { learn: learnStates.finished });
  await page.getByRole('button', { name: 'Receipt', exact: true }).click();
  await page.getByRole('alert').getByText('The receipt could not be read').waitFor();
  await page.keyboard.press('Escape');
  const error = { en: 'receipt.json is not a receipt', 'zh-TW': 'receipt.json 不是學習紀錄' };
  await page.route(/\/receipt\.json\?for=page$/, (route) => route.fulfill({ status: 422, json: { error } }));
  await page.getByRole('button', { name: 'Receipt', exact: true }).click();
  await page.getByRole('alert').getByText(error.en, { exact: true }).waitFor();
  assert.equal(await violations(page), []);
  await page.close();
});

test('the focus goes to the heading of the next step, and on a phone to the terminal that a command is typed into', async ({
  browser,
  server,
}) => {
  server.begin({ content, learn: learnStates.passed, picture: pictures.three });
  const { page } = await visit(browser, server, { viewport: { width: 360, height: 740 } });
  assert.is(await page.evaluate('document.activeElement === document.body'), true);
  const answered = page.waitForResponse('**/press');
  await page.getByRole('button', { name: 'Next step' }).press('Enter');
  await answered;
  await show(page, server, { learn: { ...learnStates.working, at: 'scale/in' } });
  assert.is(await focused(page), 'step-title');
  assert.match(await page.locator('[role=log]').innerText(), 'Step: Scale in to one');
  await page.locator('.tabs button').nth(2).click();
  await terminalIsOpen(page);
  await page.locator('.tabs button').first().click();
  await page.getByRole('button', { name: 'Run docker compose ps' }).press('Enter');
  await drawn(page);
  assert.is(await focused(page), 'terminal');
  await page.close();
});

test('a dialog that is open announces too', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await show(page, server, { learn: learnStates.hints });
  await page.locator('#step-title').press('l');
  await show(page, server, { learn: learnStates.passed });
  const said = await page.locator('dialog [role=log]').innerText();
  assert.match(said, 'The step has passed.');
  assert.not.match(said, 'Hint 1/3');
  await page.close();
});

test('the end of a run is no invitation to connect again, and its commands have their heading on a phone', async ({
  browser,
  server,
}) => {
  server.begin({ content: runContent, run: runStates.running, picture: pictures.three });
  const { page } = await visit(browser, server, { viewport: { width: 360, height: 740 } });
  await page.locator('.tabs button').nth(2).click();
  assert.is(await page.locator('.other-tab').innerText(), 'Commands');
  await end(page, server, 'The run has ended.');
  assert.match(await page.locator('.notice').innerText(), /This command starts another run[\s\S]*lab run --web/);
  assert.is(await page.getByRole('button', { name: 'Connect again' }).count(), 0);
  await page.close();
});

test.run();
