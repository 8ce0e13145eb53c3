import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documentsOf, limits } from '../../../../src/grade/similarity/documents.ts';
import { readSources } from '../../../../src/grade/similarity/read-sources.ts';
import { kindOf } from '../../../../src/grade/similarity/source-kinds.ts';
import { source } from '../../../fixtures/similar.ts';
import { folder } from '../../../helpers/folder.ts';

const paths = (dir: string): string[] => readSources(dir).files.map(({ kind, path }) => `${kind} ${path}`);

test('the kind of a file follows from its name', () => {
  const kinds: Readonly<Record<string, string | undefined>> = {
    'compose.yaml': 'compose',
    'docker-compose.override.yml': 'compose',
    'compose.dev.yaml': 'compose',
    'app/Dockerfile': 'dockerfile',
    'Dockerfile.prod': 'dockerfile',
    'web.dockerfile': 'dockerfile',
    'nginx/default.conf.template': 'conf',
    'nginx.conf': 'conf',
    'app.py': 'app',
    'src/Main.GO': 'app',
    'index.mjs': 'app',
    'README.md': undefined,
    'data.json': undefined,
    'requirements.txt': undefined,
    '.env': undefined,
  };
  for (const [path, kind] of Object.entries(kinds)) assert.is(kindOf(path), kind, path);
});

test('reads texts in a fixed order, and .env; not packages of others, hidden folders and other files', () => {
  const dir = folder({
    'flask/app.py': 'a',
    'flask/Dockerfile': 'FROM x',
    'compose.yaml': 'services: {}',
    '.env': 'A=1',
    'README.md': 'x',
    'web/node_modules/x/index.js': 'x',
    'venv/lib/x.py': 'x',
    '.cache/x.py': 'x',
    'a/b/c/d/e/f/deep.py': 'x',
  });
  assert.equal(paths(dir), ['compose compose.yaml', 'dockerfile flask/Dockerfile', 'app flask/app.py']);
  assert.is(readSources(dir).env, 'A=1');
  assert.is(readSources(folder({ 'compose.yaml': '' })).env, '');
});

test('links, pipes, binaries, other encodings and large files are left out; a folder that is gone has no files', () => {
  const dir = folder({ 'b.py': 'b', 'outside/c.py': 'c', 'binary.py': 'a\0b', 'large.py': 'x'.repeat(65_537) });
  writeFileSync(join(dir, 'big5.py'), Buffer.from([0xa4, 0x40]));
  symlinkSync('/etc/passwd', join(dir, 'a.py'));
  symlinkSync('outside', join(dir, 'linked'));
  execFileSync('mkfifo', [join(dir, 'pipe.py')]);
  assert.equal(paths(dir), ['app b.py', 'app outside/c.py']);
  assert.equal(readSources(join(dir, 'none')), { files: [], env: '' });
});

test('files, bytes and tokens of a submission are bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`${at}.py`, 'x']));
  assert.is(readSources(folder(many)).files.length, 60);
  const large = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}.py`, '('.repeat(50_000)]));
  const read = readSources(folder(large));
  assert.is(read.files.length, 2);
  const [document] = documentsOf(read.files);
  assert.is(document?.codes.length, limits.tokens);
});

test('names are printable', () => {
  assert.equal(paths(folder({ 'x\u202e.py': 'x' })), ['app x\\u202E.py']);
  assert.throws(() => source('x.txt', ''), /not compared/);
});

test.run();
