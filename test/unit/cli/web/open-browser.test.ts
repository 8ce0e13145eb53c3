import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { browserCommand, openBrowser } from '../../../../src/cli/web/open-browser.ts';
import { folder } from '../../../helpers/folder.ts';

/** Which program opens the page. */

test('each system has its own program; without a display there is none', () => {
  assert.equal(browserCommand('linux', { DISPLAY: ':0' }), ['xdg-open']);
  assert.equal(browserCommand('linux', { WAYLAND_DISPLAY: 'wayland-0' }), ['xdg-open']);
  assert.is(browserCommand('linux', {}), undefined);
  assert.equal(browserCommand('darwin', {}), ['open']);
  assert.is(browserCommand('darwin', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }), undefined);
  assert.equal(browserCommand('win32', {}), ['rundll32', 'url.dll,FileProtocolHandler']);
});

test("BROWSER is used if it is a program's path", () => {
  assert.equal(browserCommand('linux', { BROWSER: '/opt/editor/browser.sh' }), ['/opt/editor/browser.sh']);
  for (const BROWSER of ['firefox', '/usr/bin/firefox %s', ''])
    assert.is(browserCommand('linux', { BROWSER }), undefined, BROWSER);
});

test('the program receives the address; one that does not exist is no error', async () => {
  const dir = folder({ 'browser.sh': '#!/bin/sh\necho "$1" > "$0.url"\n' });
  assert.is(await openBrowser('http://127.0.0.1:1/?token=x', 'linux', { BROWSER: join(dir, 'browser.sh') }), true);
  for (let read = ''; read !== 'http://127.0.0.1:1/?token=x\n'; ) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      read = readFileSync(join(dir, 'browser.sh.url'), 'utf8');
    } catch {
      // not written yet
    }
  }
  assert.is(await openBrowser('http://127.0.0.1:1/', 'linux', { BROWSER: '/absent/browser' }), false);
  assert.is(await openBrowser('http://127.0.0.1:1/', 'linux', {}), false);
});

test.run();
