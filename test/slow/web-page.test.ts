// alone on the engine: Chromium ends requests whenever another file adds a network
// time limit: 800 s
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { content, learnStates, ownTerminal, pictures, runContent, runStates } from '../fixtures/page-states.ts';
import { violations } from '../helpers/axe.ts';
import { drawn, end, focused, pageSuite, screens, show, terminalIsOpen, visit } from '../helpers/page-visit.ts';

const test = pageSuite('the page of lab learn --web');

for (const { name, ...options } of screens) {
  test(`axe finds no violation in any state of live mode: ${name}`, async ({ browser, server }) => {
    const { page, events } = await visit(browser, server, options);
    const fits = async (state: string) => {
      assert.equal(await violations(page), [], state);
      const width = options.viewport?.width;
      assert.is(await page.evaluate<number>('document.documentElement.scrollWidth'), width, state);
    };
    for (const [state, learn] of Object.entries(learnStates)) {
      await show(page, server, { learn });
      await fits(state);
    }
    await show(page, server, { learn: learnStates.hints });
    if (name === 'phone') await page.locator('.tabs button').nth(1).click();
    for (const [state, picture] of Object.entries(pictures)) {
      await show(page, server, { picture });
      await fits(state);
    }
    if (name === 'phone') await page.locator('.tabs button').nth(2).click();
    await show(page, server, { content: ownTerminal });
    await fits('own terminal');
    for (const key of ['l', '?']) {
      await page.locator('body').press(key);
      await fits(`dialog ${key}`);
      await page.keyboard.press('Escape');
    }
    await page.locator('.bar-tools .plain:not(.list-button)').nth(1).click();
    await fits('settings');
    await page.keyboard.press('Escape');
    await end(page, server, 'Ctrl-C');
    await fits('ended');
    assert.equal(events, []);
    await page.close();
  });

  test(`axe finds no violation in any state of a run: ${name}`, async ({ browser, server }) => {
    server.begin({ content: runContent, run: runStates.starting, picture: pictures.stale });
    const { page, events } = await visit(browser, server, options);
    for (const [state, run] of Object.entries(runStates)) {
      await show(page, server, { run });
      assert.equal(await violations(page), [], state);
    }
    assert.equal(events, []);
    await page.close();
  });
}

test('the title is not cut beside many steps', async ({ browser, server }) => {
  const [lab] = content.labs;
  const labs = Array.from({ length: 5 }, (_, n) => ({
    ...content.labs[1],
    id: `lab-${n}`,
    title: content.title,
    steps: Array.from({ length: 4 }, (_, at) => ({ ...lab?.steps[0], key: `lab-${n}/${at}` })),
  }));
  server.begin({ content: { ...content, labs: [...content.labs, ...labs] } as typeof content, learn: learnStates.working });
  const { page } = await visit(browser, server);
  for (const name of ['English', '繁體中文']) {
    const title = await page.evaluate<number[]>(
      '((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight])(document.querySelector(".bar-name"))',
    );
    assert.equal(title, [0, 0], name);
    const inBar = await page.evaluate(
      'document.querySelector(".bar-name").getBoundingClientRect().bottom <= document.querySelector(".bar").getBoundingClientRect().bottom',
    );
    assert.ok(inBar);
    if (name === 'English') await page.getByRole('button', { name: '繁體中文' }).click();
  }
  await page.close();
});

test('axe finds a violation, also with the Content Security Policy', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await page.evaluate('document.querySelector("h1").append(document.createElement("img"))');
  assert.match((await violations(page)).join('\n'), /image-alt/);
  await page.close();
});

test('the terminal is coloured without a violation of the policy, and a style without the nonce is one', async ({
  browser,
  server,
}) => {
  const { page, events } = await visit(browser, server);
  await terminalIsOpen(page);
  server.print('\x1b[38;2;200;30;30mred\x1b[0m \x1b[4mline\x1b[0m \x1b[41mground\x1b[0m');
  const red = page.locator('.xterm-rows span', { hasText: /^red$/ });
  await red.waitFor();
  assert.match(
    await page.evaluate<string>(
      'getComputedStyle([...document.querySelectorAll(".xterm-rows span")].find((one) => one.textContent === "red")).color',
    ),
    /^rgb\((?:1[5-9]\d|2\d\d), /,
  );
  assert.ok(await page.evaluate('[...document.querySelectorAll(".xterm style")].every((one) => one.sheet.cssRules.length > 0)'));
  assert.equal(events, []);
  await page.evaluate(
    'document.head.append(Object.assign(document.createElementNS("http://www.w3.org/1999/xhtml", "style"), { textContent: "p{}" }))',
  );
  assert.match(events.join('\n'), /Content Security Policy directive 'style-src/);
  await page.close();
});

test('all of the page is at most 400 KB compressed', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  assert.ok(server.sentBytes() > 20_000 && server.sentBytes() <= 400_000, `${server.sentBytes()} bytes`);
  await page.close();
});

test('keys and buttons press the same, and no key does where text is typed', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  const pressed = async (act: () => Promise<void>) => {
    const before = server.presses.length;
    const answered = page.waitForResponse('**/press');
    await act();
    await answered;
    return server.presses.slice(before);
  };
  for (const [key, name, button] of [
    ['h', 'hint', 'Hint'],
    ['s', 'solution', 'Solution'],
    ['d', 'perform', 'Do it'],
    ['c', 'check', 'Check'],
    ['r', 'reset', 'Reset'],
  ] as const) {
    assert.equal(await pressed(() => page.locator('#step-title').press(key)), [{ kind: 'key', key: name }]);
    assert.equal(await pressed(() => page.getByRole('button', { name: button, exact: true }).click()), [
      { kind: 'key', key: name },
    ]);
  }
  const before = server.presses.length;
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('hsdcr');
  await page.locator('.xterm-rows').getByText('hsdcr').waitFor();
  assert.is(server.presses.length, before);
  await page.getByRole('button', { name: 'Display' }).click();
  await page.getByLabel('Single keys').uncheck();
  await page.keyboard.press('Escape');
  await page.locator('#step-title').press('h');
  await page.locator('#step-title').press('l');
  assert.is(await page.locator('dialog[open]').count(), 0);
  assert.is(server.presses.length, before);
  await page.close();
});

test('in a class, a button and a key ask for help; without one there is neither', async ({ browser, server }) => {
  const { page, events } = await visit(browser, server, { viewport: { width: 360, height: 740 } });
  await page.locator('#step-title').press('a');
  assert.is(await page.getByRole('button', { name: 'Ask for help' }).count(), 0);
  const joined = { phase: 'connected', nickname: 'WWWWWWWWWWWWWWWWWWWWWWWW', help: false } as const;
  await show(page, server, { class: joined });
  assert.equal(await violations(page), []);
  const pressed = async (act: () => Promise<void>) => {
    const answered = page.waitForResponse('**/press');
    await act();
    await answered;
    return server.presses.at(-1);
  };
  assert.equal(await pressed(() => page.getByRole('button', { name: 'Ask for help' }).press('Enter')), {
    kind: 'help',
    on: true,
  });
  assert.is(server.presses.length, 1);
  await show(page, server, { class: { ...joined, help: true } });
  assert.equal(await violations(page), []);
  assert.match(await page.locator('[role=log]').innerText(), 'You are asking for help.');
  assert.equal(await pressed(() => page.locator('#step-title').press('a')), { kind: 'help', on: false });
  const why = { en: 'the class is full', 'zh-TW': '班級已滿' };
  for (const phase of ['away', 'ended', 'refused'] as const) {
    await show(page, server, { class: { ...joined, phase, ...(phase === 'refused' ? { why } : {}) } });
    assert.equal(await violations(page), [], phase);
    assert.is(await page.getByRole('button', { name: 'Ask for help' }).count(), phase === 'away' ? 1 : 0);
    assert.is(await page.evaluate('document.documentElement.scrollWidth'), 360);
  }
  assert.match(await page.locator('.class-line').innerText(), 'Class: the class is full. You can go on.');
  await page.locator('#step-title').press('?');
  assert.not.match(await page.getByRole('dialog').innerText(), 'ask the class');
  await page.keyboard.press('Escape');
  assert.match(await page.locator('[role=log]').innerText(), 'the class is full');
  const before = server.presses.length;
  await page.locator('#step-title').press('a');
  await pressed(() => page.getByRole('button', { name: 'Hint', exact: true }).press('Enter'));
  assert.is(server.presses.length, before + 1);
  assert.equal(events, []);
  await page.close();
});

test('a step of the list leads to the question of the server, which is answered by keyboard', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await page.locator('#step-title').press('l');
  const asked = page.waitForResponse('**/press');
  await page
    .getByRole('button', { name: /Scale in to one/ })
    .last()
    .press('Enter');
  await asked;
  assert.equal(server.presses, [{ kind: 'go-to', key: 'scale/in' }]);
  await show(page, server, { learn: learnStates.confirm });
  await page.getByRole('dialog', { name: 'Go to another step?' }).waitFor();
  const answered = page.waitForResponse('**/press');
  await page.getByRole('button', { name: 'Yes' }).press('Enter');
  await answered;
  assert.equal(server.presses.at(-1), { kind: 'key', key: 'yes' });
  const refused = page.waitForResponse('**/press');
  await page.keyboard.press('Escape');
  await refused;
  assert.equal(server.presses.at(-1), { kind: 'key', key: 'other' });
  await page.close();
});

test('F6 goes through the parts of the page, into the terminal and out of it', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await terminalIsOpen(page);
  // the part that has the focus when the key has been handled, and not a frame later: the next key is that part's
  await page.evaluate('globalThis.seen = []');
  const region = 'document.activeElement.closest("[data-region]").dataset.region';
  await page.evaluate(`window.addEventListener("keydown", () => globalThis.seen.push(${region}))`);
  for (let n = 0; n < 5; n++) await page.keyboard.press('F6');
  const seen = await page.evaluate('globalThis.seen');
  assert.equal(seen, ['bar', 'step', 'stack', 'terminal', 'bar']);
  assert.is(server.typed(), '');
  const described = await page.locator('.xterm-helper-textarea').getAttribute('aria-describedby');
  assert.match((await page.locator(`#${described}`).textContent()) ?? '', /Press F6 to leave the terminal/);
  await page.close();
});

test('Tab reaches every control outside the terminal', async ({ browser, server }) => {
  server.begin({ content: ownTerminal, learn: learnStates.solution, picture: pictures.three });
  const { page } = await visit(browser, server);
  const all = await page.evaluate<number>(
    '[...document.querySelectorAll("a[href], button, summary, [tabindex=\\"0\\"]")].filter((one) => one.checkVisibility()).length',
  );
  const reached = await page.evaluate<number>('(globalThis.reached = new Set(), 0)');
  assert.is(reached, 0);
  for (let n = 0; n < all + 3; n++) {
    await page.keyboard.press('Tab');
    await page.evaluate('document.activeElement !== document.body && globalThis.reached.add(document.activeElement)');
  }
  assert.is(await page.evaluate('globalThis.reached.size'), all);
  await page.close();
});

test('Run types the command and Enter, then waits before another can be started', async ({ browser, server }) => {
  const { page } = await visit(browser, server, { reducedMotion: 'no-preference' });
  await terminalIsOpen(page);
  const run = page.getByRole('button', { name: 'Run docker compose ps' });
  await run.click();
  await page.locator('[aria-disabled=true]', { hasText: 'Run' }).first().waitFor();
  await run.dispatchEvent('click');
  await page.locator('[role=log]').getByText('Typed into the terminal: docker compose ps').waitFor();
  assert.is(server.typed(), '\x05\x15docker compose ps\r');
  await page.locator('.commands button.primary:not([aria-disabled=true])').first().waitFor();
  await page.close();
});

test('with a terminal of their own, learners copy commands and see why', async ({ browser, server }) => {
  server.begin({ content: ownTerminal, learn: learnStates.working });
  const { page } = await visit(browser, server);
  assert.is(await page.getByRole('button', { name: /^Run / }).count(), 0);
  assert.ok(await page.getByRole('button', { name: 'Copy docker compose ps' }).isVisible());
  assert.match(await page.locator('#terminal').innerText(), /node-pty is not installed[\s\S]*~\/lab\/nginx/);
  await page.close();
});

test('a check that passes or is lost, and a pass, are announced politely', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  const said = page.locator('[role=log]');
  await show(page, server, { learn: learnStates.hints });
  await show(page, server, { learn: learnStates.passed });
  assert.match(await said.innerText(), /True: flask has 3 running replicas[\s\S]*The step has passed/);
  await show(page, server, { learn: { ...learnStates.working, checks: learnStates.hints.checks } });
  await show(page, server, {
    learn: { ...learnStates.working, checks: learnStates.passed.checks.map((one) => ({ ...one, mark: 'lost' as const })) },
  });
  assert.match(await said.innerText(), /No longer true: redis was not restarted/);
  assert.is(await page.locator('[aria-live]:not(.xterm [aria-live])').count(), 1);
  await page.close();
});

test('language, colours and size of type are kept, and the language is that of the document', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await page.getByRole('button', { name: '繁體中文' }).click();
  await page.getByRole('button', { name: '顯示' }).click();
  await page.getByRole('radio', { name: '深色' }).check();
  await page.getByRole('radio', { name: '投影' }).check();
  const look = () =>
    page.evaluate(
      '[document.documentElement.lang, document.documentElement.dataset.theme, getComputedStyle(document.documentElement).fontSize]',
    );
  assert.equal(await look(), ['zh-TW', 'dark', '30px']);
  await page.reload();
  await page.locator('#step-title').waitFor();
  assert.equal(await look(), ['zh-TW', 'dark', '30px']);
  assert.is(await page.locator('#step-title').innerText(), '擴展為三個');
  await page.close();
});

/** How far down the step's section and its text are. */
const scrolled = (page: Page) =>
  page.evaluate<number[]>('[...document.querySelectorAll("#step, .step-scroll")].map((one) => Math.round(one.scrollTop))');
const scrollDown = (page: Page) =>
  page.evaluate('for (const one of document.querySelectorAll("#step, .step-scroll")) one.scrollTo(0, 150)');

test('a new step is shown from its start, also on a small screen and in a run', async ({ browser, server }) => {
  for (const width of [360, 1280])
    for (const runs of [false, true]) {
      server.begin(runs ? { content: runContent, run: runStates.running } : { content, learn: learnStates.working });
      const { page } = await visit(browser, server, { viewport: { width, height: 500 } });
      await scrollDown(page);
      assert.ok(Math.max(...(await scrolled(page))) > 0);
      const at = 'scale/in';
      await show(page, server, runs ? { run: { ...runStates.running, at } } : { learn: { ...learnStates.working, at } });
      assert.equal(await scrolled(page), [0, 0], `${width} ${runs}`);
      await page.close();
    }
});

test('a double click on Continue does not end pausing, and a command that was ended is not shown as running', async ({
  browser,
  server,
}) => {
  server.begin({ content: runContent, run: runStates.paused });
  const { page } = await visit(browser, server);
  for (const act of ['dblclick', 'focus'] as const) {
    const answered = page.waitForResponse('**/press');
    await page.getByRole('button', { name: 'Continue' })[act]();
    if (act === 'focus') await page.keyboard.press('Enter');
    await answered;
  }
  assert.equal(server.presses, [{ kind: 'continue' }, { kind: 'continue' }]);
  assert.match(await page.locator('.run-commands').innerText(), /running …$/);
  await show(page, server, { run: { ...runStates.running, phase: 'removing' } });
  assert.match(await page.locator('.run-commands').innerText(), /ended before it finished$/);
  await page.close();
});

test('an answer is shown where all was true before the step', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  const note = { en: 'Looked again.', 'zh-TW': '已重新檢查。' };
  await show(page, server, { learn: { ...learnStates.alreadyTrue, note } });
  assert.match(await page.locator('.step-foot').innerText(), /All of this was true before[\s\S]*Looked again\./);
  await page.close();
});

test('the skip link leads to the step, also where a small screen shows another part', async ({ browser, server }) => {
  const { page } = await visit(browser, server, { viewport: { width: 360, height: 740 } });
  await page.locator('.tabs button').nth(1).click();
  await page.locator('.skip').press('Enter');
  await drawn(page);
  assert.is(await focused(page), 'step');
  await page.close();
});

test('single keys that are off are on no button', async ({ browser, server }) => {
  server.begin({ content, learn: learnStates.passed });
  for (const shortcuts of [true, false]) {
    const { page } = await visit(browser, server, { settings: { shortcuts } });
    const shown = await page.locator('[aria-keyshortcuts], .key').count();
    assert.is(shown > 0, shortcuts);
    await page.close();
  }
});

test('the separators move by arrow keys, within limits', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  const separator = page.getByRole('separator', { name: 'Width of the step' });
  const width = async () => (await page.locator('#step').boundingBox())?.width ?? 0;
  const before = await width();
  await separator.press('ArrowRight');
  assert.ok((await width()) > before);
  await separator.press('Home');
  assert.is(await separator.getAttribute('aria-valuenow'), '20');
  await page.close();
});

test('the receipt is printed alone', async ({ browser, server }) => {
  server.begin({ content, learn: learnStates.finished, picture: pictures.three });
  const { page } = await visit(browser, server, { colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Receipt', exact: true }).click();
  await page.emulateMedia({ media: 'print' });
  const text = await page.locator('#page').innerText();
  assert.match(text, /Receipt of this tutorial[\s\S]*Scale out to three scale\/out[\s\S]*passed 2026-07-04/);
  assert.not.match(text, /Print the receipt|Checks|Help/);
  assert.is(await page.evaluate('getComputedStyle(document.querySelector(".modal")).color'), 'rgb(0, 0, 0)');
  await page.close();
});

test.run();
