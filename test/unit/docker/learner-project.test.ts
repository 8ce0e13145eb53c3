import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findOwnFolder } from '../../../src/docker/learner-project.ts';
import { parseCompose } from '../../../src/formats/compose-file.ts';
import { folder } from '../../helpers/folder.ts';
import { rejection } from '../../helpers/rejection.ts';

const read = async (file: string) => parseCompose(file, 'compose.yaml');
/** The error for a Compose file with a mistake, in both languages. */
async function wrong(file: string): Promise<[string, string]> {
  const { code, text } = await rejection(read(file));
  assert.is(code, 'E_LAB_INVALID');
  return [text.en, text['zh-TW']];
}

test('a mistake in a Compose file is reported with the file and its position', async () => {
  assert.equal(await wrong('services:\n  flask: *base\n'), [
    'compose.yaml: Unresolved alias (the anchor must be set before the alias): base at line 2, column 10',
    'compose.yaml：Unresolved alias (the anchor must be set before the alias): base（第 2 行第 10 欄）',
  ]);
  assert.match((await wrong('services:\n  a: [\n'))[0], / at line 3, column 1$/);
  assert.match((await wrong('services: {}\n---\nservices: {}\n'))[0], /multiple documents/);
  assert.match((await wrong('services:\n  flask:\n    <<: 5\n'))[0], /Merge sources must be maps/);
  assert.equal(await wrong('service: {}\n'), ['compose.yaml: no `services:`', 'compose.yaml：no `services:`']);
});

test('exponentially growing aliases are refused', async () => {
  const words = 'abcdef';
  const lines = [...words].map((word, at) => {
    const of = at === 0 ? '1' : `*${words[at - 1]}`;
    return `${word}: &${word} [${Array(10).fill(of).join(', ')}]`;
  });
  assert.match((await wrong(`${lines.join('\n')}\nservices: {}\n`))[0], /^compose\.yaml: Excessive alias count/);
});

test('a name or an image that YAML parses as a number is refused, as Compose refuses it', async () => {
  assert.equal(await wrong('services:\n  nginx:\n    image: 1.26\n'), [
    'compose.yaml: services.nginx.image is not text: put it in quotes at line 3, column 12',
    'compose.yaml：services.nginx.image 不是文字，請加上引號（第 3 行第 12 欄）',
  ]);
  assert.match((await wrong('x: &x {image: 5}\nservices: {a: {<<: *x}}\n'))[0], /services\.a\.image is not text/);
  assert.match((await wrong('name: 5\nservices: {}\n'))[0], /: name is not text: .* at line 1, column 7$/);
});

test("aliases, merges, Compose's own tags, and empty services are accepted", async () => {
  const file = await read(
    'x-base: &base {image: "redis:8.0"}\nservices:\n  a: *base\n  b: {<<: *base, ports: !reset []}\n  c:\n',
  );
  assert.equal([file.services['a']?.image, file.services['b']?.image, file.services['c']], ['redis:8.0', 'redis:8.0', null]);
});

test('a COMPOSE_FILE that does not exist is named in the error', async () => {
  const dir = folder({ 'compose.yaml': 'services: {}\n', 'other/mine.yaml': 'services: {a: }\n' });
  const error = await rejection(findOwnFolder(dir, { COMPOSE_FILE: 'gone.yaml' }, []));
  assert.is(error.code, 'E_PROJECT_UNKNOWN');
  assert.is(error.text.en, `COMPOSE_FILE names ${join(dir, 'gone.yaml')}, which does not exist`);
  assert.is(error.text['zh-TW'], `COMPOSE_FILE 指定的 ${join(dir, 'gone.yaml')} 不存在`);
  const found = await findOwnFolder(dir, { COMPOSE_FILE: 'other/mine.yaml' }, []);
  assert.equal([found?.dir, Object.keys(found?.file.services ?? {})], [join(dir, 'other'), ['a']]);
});

test("a learner's file that cannot be read is the learner's to correct, not a mistake of the tutorial", async () => {
  const { code, text, hint } = await rejection(findOwnFolder(folder({ 'compose.yaml': 'services:\n  a: [\n' }), {}, []));
  assert.is(code, 'E_PROJECT_INVALID');
  assert.match(text.en, /\/compose\.yaml: .* at line 3, column 1$/);
  assert.match(hint.en, 'correct that file');
});

test.run();
