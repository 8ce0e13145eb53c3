import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { clock } from '../../../src/cli/clock.ts';
import { joinClass } from '../../../src/learn/class/join-class.ts';
import { planOf } from '../../../src/learn/plan.ts';
import { stateAt } from '../../../src/learn/state.ts';
import { startBin } from '../../helpers/bin.ts';
import { codeOf } from '../../helpers/class.ts';
import { folder } from '../../helpers/folder.ts';
import { labInProcess } from '../../helpers/lab.ts';

/** `lab class` and `lab learn --join` as people call them, without an engine. */

const wrong: readonly (readonly [readonly string[], string, string])[] = [
  [['class'], 'lab class: name the address to listen on', 'lab class：請指定要監聽的位址'],
  [['class', '--listen', 'localhost'], "--listen can't be 'localhost'", '--listen 不能是「localhost」'],
  [['class', '--listen', '127.0.0.1:70000'], "--listen can't be '127.0.0.1:70000'", '--listen 不能是「127.0.0.1:70000」'],
  [['class', '--listen', '203.0.113.9'], '203.0.113.9 is not an address of this machine', '203.0.113.9 不是這台機器的位址'],
  [['learn', '--nickname', 'Ann'], '--nickname needs --join', '--nickname 必須搭配 --join'],
  [['learn', '--join', 'AAAA'], 'the join code has 4 characters', '加入碼有 4 個字元'],
];
for (const [args, english, chinese] of wrong)
  test(`lab ${args.join(' ')}: exit code 2, with what to do in both languages`, async () => {
    for (const [lang, message, hint] of [
      ['en', english, 'hint: '],
      ['zh-TW', chinese, '提示：'],
    ] as const) {
      const { exitCode, stdout, stderr } = await labInProcess([...args, '--lang', lang]);
      assert.equal([exitCode, stdout], [2, '']);
      assert.match(stderr, message);
      assert.match(stderr, hint);
    }
  });

const files = (dir: string): string[] => readdirSync(dir, { recursive: true }).map(String).sort();

test('lab class shows the code and who is where, notifies learners of the end, and leaves nothing on disk', async () => {
  const state = folder();
  const home = folder();
  const env = {
    ...process.env,
    LC_ALL: 'C',
    XDG_STATE_HOME: state,
    XDG_CACHE_HOME: join(home, 'cache'),
    HOME: home,
    TMPDIR: folder(),
  };
  const class_ = startBin(['class', '--listen', '127.0.0.1', '--no-open'], env);
  let printed = '';
  class_.child.stdout?.on('data', (part) => {
    printed += part;
  });
  try {
    await class_.until('Nothing is stored.');
    const [, code = ''] = /--join (\S+) --nickname NAME/.exec(printed) ?? [];
    const [, url = ''] = /machine: (\S+)/.exec(printed) ?? [];
    const [tutorial] = tutorials;
    const plan = tutorial ? planOf(tutorial, 'base') : [];
    let ended: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const me = await joinClass(codeOf(code), {
      ...{ nickname: 'Ann', tutorial: tutorial?.id ?? '', clock, first: stateAt(plan, 'scale/out', {}) },
      signal: new AbortController().signal,
      changed: ({ phase }) => phase === 'ended' && ended(),
    });
    me.askForHelp(true);
    await class_.until(/Ann is at scale\/out, 0 of 10 passed\n/);
    await class_.until(/Ann asks for help at scale\/out\n/);
    assert.is((await fetch(url.replace(/\?.*/, ''))).status, 403);
    assert.is((await fetch(url, { headers: { host: 'evil.example' } })).status, 403);
    const page = await fetch(url, { redirect: 'manual' });
    assert.is(page.status, 303);
    class_.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await class_.ended;
    assert.equal([exitCode, stderr], [0, '']);
    assert.match(stdout, /The class has ended\. Nothing was stored\.\n$/);
    await isOver;
    await me.close();
    assert.equal([files(state), files(home), files(env.TMPDIR)], [[], [], []]);
  } finally {
    class_.child.kill('SIGKILL');
  }
});

test.run();
