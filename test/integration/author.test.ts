// time limit: 240 s
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Author, newAuthor } from '../helpers/author.ts';
import { folder } from '../helpers/folder.ts';

/** What an author does outside of this package, on a real engine: `lab new`, and a tutorial in another folder. */
const test = suite<Author>('author');
test.before(async (context) => void Object.assign(context, await newAuthor()));
test.after(({ engine }) => engine.api.close());

test('lab new: the example passes lint, run and gate at once', async ({ lab, assertWorks }) => {
  const cwd = folder();
  const created = await lab(cwd, ['new', 'page']);
  assert.is(created.exitCode, 0, created.stderr);
  assert.match(created.stdout, /^Created \.\/page: stack, tutorial\.md\n\nNext:\n {2}\S.* lint --tutorial \.\/page\n/);
  await assertWorks(cwd, 'page');
});

test('lab new overwrites nothing, and copies no folder into itself', async ({ lab }) => {
  const cwd = folder({ 'full/x': '', 'shop/compose.yaml': 'services: {}\n' });
  const full = await lab(cwd, ['new', 'full']);
  assert.equal(
    [full.exitCode, full.stderr.split('\n')[0]],
    [2, `error E_USAGE: lab new: ${cwd}/full exists and is not empty; nothing is overwritten`],
  );
  const inside = await lab(cwd, ['new', 'shop/lab', '--from', 'shop/compose.yaml']);
  assert.is(inside.exitCode, 2);
  assert.match(inside.stderr, "is inside the stack's own folder");
  assert.not.ok(existsSync(join(cwd, 'shop/lab')), 'a folder that is refused is not made');
  const both = await lab(cwd, ['new', 'z', '--typescript', '--from', 'shop']);
  assert.equal([both.exitCode, both.stderr.split('\n')[0]], [2, 'error E_USAGE: lab new: --from writes Markdown']);
});

test("another author's commands are announced before they run for the first time, once; a learner's folder knows its tutorial", async ({
  lab,
}) => {
  const cwd = folder();
  assert.is((await lab(cwd, ['new', 'page'])).exitCode, 0);
  const only = ['run', 'serve-a-page/start-the-server', '--tutorial', './page'];
  const [first, second] = [await lab(cwd, only), await lab(cwd, only)];
  const notice = `the commands of ${cwd}/page run on this machine, with your rights\n`;
  assert.ok(first.stderr.startsWith(notice), first.stderr);
  assert.not.match(second.stderr, notice);
  assert.equal([first.exitCode, second.exitCode], [0, 0]);
  assert.is((await lab(cwd, ['start', 'mine', '--tutorial', './page'])).exitCode, 0);
  const verified = await lab(join(cwd, 'mine/stack'), ['verify']);
  assert.is(verified.exitCode, 1, verified.stderr);
  assert.match(verified.stdout, '0 of 2 done. Next: serve-a-page/start-the-server');
  // the folder as another person gets it
  const elsewhere = folder({ 'mine/.labwright/tutorial': `${cwd}/other\n`, 'mine/stack/compose.yaml': 'services: {}\n' });
  const refused = await lab(join(elsewhere, 'mine/stack'), ['verify']);
  assert.equal(
    [refused.exitCode, refused.stderr.split('\n')[0]],
    [2, `error E_USAGE: this folder was made for the tutorial ${cwd}/other`],
  );
});

test.run();
