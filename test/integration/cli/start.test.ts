import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { assets } from '../../../src/platform/package-root.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

const [tutorial] = tutorials;
assert.ok(tutorial);
/** No engine is used, and none is needed: nothing answers there. */
const env = { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}`, XDG_STATE_HOME: folder() };
const filesIn = (dir: string) => readdirSync(dir, { recursive: true }).map(String).sort();

test('lab start creates a folder with the files of every stack and a README, and prints the next commands', async () => {
  const cwd = folder();
  const { exitCode, stdout, stderr } = await lab(['start'], { cwd, env });
  assert.is(exitCode, 0, stderr);
  assert.match(
    stdout,
    /^Created compose-scale: base, nginx and README\.md\n\nNext:\n {2}cd compose-scale\/base\n {2}node \S+main\.js learn\n$/,
  );
  assert.match(stderr, /^error E_ENGINE_UNREACHABLE: /);
  const dir = join(cwd, tutorial.id);
  assert.equal(
    filesIn(dir).filter((path) => path !== 'README.md'),
    filesIn(join(assets, tutorial.id)),
  );
  assert.ok(existsSync(join(dir, 'nginx/var/log/nginx')));
  const readme = readFileSync(join(dir, 'README.md'), 'utf8');
  for (const { id, title } of tutorial.labs) assert.match(readme, `| \`${id}\` | ${title.en} |`);
  assert.match(readme, tutorial.source?.url ?? 'no source');
});

test('the README is in the chosen language; the folder may be named, and may exist if it is empty', async () => {
  const cwd = folder();
  mkdirSync(join(cwd, 'my lab'));
  const { exitCode, stdout } = await lab(['start', 'my lab', '--lang', 'zh-TW'], { cwd, env });
  assert.is(exitCode, 0);
  // the system is English: the next command needs the language too
  assert.match(stdout, /cd 'my lab\/base'\n {2}\S.* learn --lang zh-TW\n/);
  assert.match(readFileSync(join(cwd, 'my lab/README.md'), 'utf8'), /^# 用 Docker Compose [\s\S]*## 出處\n/);
});

test('nothing is overwritten: a folder with files and a file are refused with what to do', async () => {
  const cwd = folder({ 'mine/notes.txt': 'mine', file: '' });
  const full = await lab(['start', 'mine'], { cwd, env });
  assert.is(full.exitCode, 2);
  assert.match(full.stderr, /^error E_USAGE: lab start: \S+\/mine exists and is not empty; .*\nhint: .*lab start mine-2\n$/);
  assert.equal(filesIn(join(cwd, 'mine')), ['notes.txt']);
  assert.match((await lab(['start', 'file'], { cwd, env })).stderr, /\/file is a file\nhint: /);
  writeFileSync(join(cwd, 'mine/README.md'), 'mine');
  await lab(['start', 'mine'], { cwd, env });
  assert.is(readFileSync(join(cwd, 'mine/README.md'), 'utf8'), 'mine');
});

test.run();
