import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { learnerReadme, startLines } from '../../../../src/cli/output/start-lines.ts';

const next = { call: 'lab', path: 'mine', engine: 'docker' } as const;

test('the next commands name a tutorial that is not the default one', () => {
  for (const tutorial of tutorials) {
    assert.match(startLines(tutorial, 'en', next), /\n {2}lab learn\n$/);
    assert.match(
      startLines(tutorial, 'en', { ...next, tutorial: "/tmp/it's" }),
      /\n {2}lab learn --tutorial '\/tmp\/it'\\''s'\n$/,
    );
    const readme = learnerReadme(tutorial, 'en', { ...next, tutorial: 'other' });
    for (const command of ['learn', 'verify', 'run'])
      assert.match(readme, new RegExp(`lab ${command} --tutorial other`), command);
    assert.not.match(readme, /`lab list`/);
    assert.match(learnerReadme(tutorial, 'zh-TW', { ...next, tutorial: 'other' }), /^1\. 下表列出單元和步驟/m);
  }
});

test('with the private engine, the shell is checked by `docker compose version` after the eval line; with Docker it is not needed', () => {
  const [tutorial] = tutorials;
  if (!tutorial) throw new Error('no tutorial');
  for (const engine of ['private', 'stopped'] as const)
    for (const shown of [
      startLines(tutorial, 'en', { ...next, engine }),
      learnerReadme(tutorial, 'en', { ...next, engine }),
      startLines(tutorial, 'zh-TW', { ...next, engine }),
    ]) {
      assert.match(shown, /eval "\$\(lab engine env\)"\n *docker compose version\n *cd /);
      assert.match(shown, /`docker compose version` (?:prints a version|顯示版本)/);
    }
  assert.not.match(startLines(tutorial, 'en', next), /docker compose version/);
  assert.not.match(learnerReadme(tutorial, 'en', next), /docker compose version/);
});

test.run();
