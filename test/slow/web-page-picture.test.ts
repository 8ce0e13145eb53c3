// alone on the engine: Chromium ends requests whenever another file adds a network
// time limit: 300 s
import * as assert from 'uvu/assert';
import { pictures } from '../fixtures/page-states.ts';
import { drawn, pageSuite, screens, show, visit } from '../helpers/page-visit.ts';

const test = pageSuite('the picture of the page');

/** Boxes of the picture with a text that is cut. */
const outside = `[...document.querySelectorAll('.replica, .host, .card')].filter((box) => {
  const own = box.getBoundingClientRect();
  const lines = [...box.querySelectorAll('p, .card-stale span')].map((line) => line.getBoundingClientRect());
  const whole = [...box.querySelectorAll('.replica-number, .replica-count:not(.clip), .card-count, .card-stale span')];
  return box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1
    || lines.some(({ bottom }) => bottom > own.bottom + 1)
    || whole.some((text) => text.getBoundingClientRect().right > own.right + 1 || text.scrollWidth > text.clientWidth + 1 || text.scrollHeight > text.clientHeight + 1);
}).map((box) => box.textContent)`;

test('no text of the picture is cut, at four sizes', async ({ browser, server }) => {
  for (const options of screens) {
    const { page } = await visit(browser, server, options);
    if (options.name === 'phone') await page.locator('.tabs button').nth(1).click();
    for (const [name, picture] of Object.entries(pictures)) {
      await show(page, server, { picture });
      const boxes = '[...document.querySelectorAll(".replica:not(.leaving)")].filter((one) => one.checkVisibility()).length';
      assert.is(await page.evaluate(boxes), picture.services.flatMap(({ replicas }) => [...replicas]).length, name);
      assert.equal(await page.evaluate(outside), [], `${name}, ${options.name}`);
    }
    await page.close();
  }
});

test('a text of the picture that is cut is found', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  await page.evaluate('document.querySelector(".replica-number").textContent = "9".repeat(200)');
  assert.is((await page.evaluate<string[]>(outside)).length > 0, true);
  await page.close();
});

test('a picture that fits does not scroll', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  for (const picture of [pictures.three, pictures.unmeasured]) {
    await show(page, server, { picture });
    const size = await page.evaluate<number[]>(
      '[document.querySelector(".stack-scroll")].flatMap((one) => [one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth])',
    );
    assert.equal(size, [0, 0]);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator('.tabs button').nth(1).click();
  await drawn(page);
  assert.is(await page.evaluate('((one) => one.scrollWidth - one.clientWidth)(document.querySelector(".stack-scroll"))'), 0);
  await page.close();
});

test('200 requests a second for 10 s are drawn with few elements, merged, and none is left', async ({ browser, server }) => {
  const { page, events } = await visit(browser, server, { reducedMotion: 'no-preference' });
  await page.evaluate(`globalThis.seen = { most: 0, merged: 0 }; (function look() {
    const dots = [...document.querySelectorAll('.dots .dot')];
    seen.most = Math.max(seen.most, dots.length);
    seen.merged = Math.max(seen.merged, ...dots.map((dot) => Number(dot.textContent)));
    requestAnimationFrame(look);
  })()`);
  for (let n = 0; n < 100; n++) {
    const seen = [1, 2, 3].flatMap((to) => [
      { from: 'nginx-1', to: `flask-${to}`, count: 6, failed: false, own: false },
      { from: 'nginx-1', to: `flask-${to}`, count: 1, failed: to === 2, own: to === 3 },
    ]);
    server.send('requests', { at: '', seen });
    server.send('picture', { ...pictures.three, at: String(n) });
    // the rate of 200 requests a second is part of what is tested
    await page.evaluate('new Promise((done) => setTimeout(done, 100))');
  }
  const { most, merged } = await page.evaluate<{ most: number; merged: number }>('seen');
  assert.ok(most > 5 && most <= 120, `${most} dots`);
  assert.is(merged, 6);
  await page.locator('.dots .dot[visibility=visible]').first().waitFor({ state: 'detached' });
  assert.equal(events, []);
  await page.close();
});

test('with reduced motion, dots do not move', async ({ browser, server }) => {
  const { page } = await visit(browser, server);
  const places = page.evaluate<string[]>(`new Promise((done) => {
    const places = new Set();
    const endMs = performance.now() + 20_000;
    (function look() {
      const dot = document.querySelector('.dots .dot[visibility=visible]');
      if (dot) places.add(dot.getAttribute('transform'));
      if ((!dot && places.size > 0) || performance.now() > endMs) done([...places]);
      else requestAnimationFrame(look);
    })();
  })`);
  // it looks
  await drawn(page);
  server.send('requests', { at: '', seen: [{ from: 'nginx-1', to: 'flask-1', count: 1, failed: false, own: false }] });
  assert.is((await places).length, 1);
  await page.close();
});

test.run();
