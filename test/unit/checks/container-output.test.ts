import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandShows, type ExecExpectation, logContains } from '../../../src/checks/container-output.ts';
import { quoted } from '../../../src/checks/evidence/stack-facts.ts';
import type { ExecResult } from '../../../src/lab/world.ts';
import { type EnglishVerdict, fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { redis, stackFacts } from '../../fixtures/facts.ts';

const up = stackFacts([redis()]);
const down = stackFacts([redis({ state: 'exited' })]);

const log = (text: string, stack = up): EnglishVerdict =>
  inEnglish(logContains('redis', 'Ready to accept').judge({ ...stack, log: text }));
const wanted = 'a line with "Ready to accept" in the log of redis-server';
const logs = 'docker compose logs redis-server';

test('the log contains the text: the line is shown, shortened', () => {
  assert.equal(log('Starting\n  1:M * Ready to accept connections \nmore'), pass('"1:M * Ready to accept connections"'));
  assert.is(log(`Ready to accept ${'x'.repeat(200)}`).actual?.length, 122);
});

test('no such line yet, with the end of the log', () => {
  assert.equal(log(''), wait(wanted, 'no such line', logs));
  assert.equal(log('Starting\n'), wait(wanted, 'no such line', logs, { said: { service: 'redis-server', lines: ['Starting'] } }));
});

test('a log of a service that does not run cannot gain a line', () =>
  assert.equal(log('', down), fail(wanted, 'redis-server does not run', logs, { cause: 'redis-server does not run' })));

const command = (over: Partial<ExecExpectation>, result: Partial<ExecResult> | undefined): EnglishVerdict =>
  inEnglish(
    commandShows('redis', { run: 'redis-cli get x', ...over }).judge({
      ...(result ? up : down),
      ...(result ? { result: { exitCode: 0, stdout: '', stderr: '', ...result } } : {}),
    }),
  );
const see = "see it yourself: docker compose exec redis-server sh -c 'redis-cli get x'";

test('a command ends as expected: what it printed is shown', () => {
  assert.equal(command({}, {}), pass('exit code 0'));
  assert.equal(command({}, { stdout: 'a\nb\n' }), pass('"a"'));
  assert.equal(command({ prints: '3' }, { stdout: 'a\n3 rows\n' }), pass('"3 rows"'));
  assert.equal(command({ exitCode: 1 }, { exitCode: 1 }), pass('exit code 1'));
});

test('the command to try can be pasted, whatever quotes it contains', () => {
  const help = (run: string) => {
    const judged = command({ run }, { exitCode: 1 });
    return 'help' in judged ? judged.help : '';
  };
  const start = 'see it yourself: docker compose exec redis-server sh -c ';
  assert.is(help(`psql -tAc 'SELECT 1'`), `${start}"psql -tAc 'SELECT 1'"`);
  assert.is(help(`echo "$HOME" 'a'`), `${start}'echo "$HOME" '\\''a'\\'''`);
});

test('a command prints something else', () => {
  const expected = '`redis-cli get x` prints "3"';
  assert.equal(command({ prints: '3' }, { stdout: 'a\n2\n' }), wait(expected, '"2"', see));
  assert.equal(command({ prints: '3' }, { stdout: '' }), wait(expected, 'it printed nothing', see));
  // what it prints as an error is not its output
  assert.equal(command({ prints: '3' }, { stderr: '3\n' }), wait(expected, '"3"', see));
});

test('a command ends with another exit code', () => {
  const expected = '`redis-cli get x` ends with exit code 0';
  assert.equal(command({}, { exitCode: 127, stderr: 'not found' }), wait(expected, 'exit code 127: "not found"', see));
  assert.equal(command({}, { exitCode: 1 }), wait(expected, 'exit code 1', see));
});

test('a command in a service that does not run', () =>
  assert.equal(
    command({}, undefined),
    fail('`redis-cli get x` ends with exit code 0', 'redis-server does not run', 'start the stack: docker compose up -d', {
      cause: 'redis-server does not run',
    }),
  ));

test('a text that contains quotes is in other quotes', () => {
  const claim = (wanted: string) => logContains('redis', wanted).claim;
  assert.equal(claim('ready'), { en: 'the log of redis contains "ready"', 'zh-TW': 'redis 的日誌包含「ready」' });
  assert.equal(claim('"done":false'), {
    en: 'the log of redis contains `"done":false`',
    'zh-TW': 'redis 的日誌包含「"done":false」',
  });
  assert.is(claim('a "b" `c`').en, 'the log of redis contains “a "b" `c`”');
  assert.is(claim('「完成」')['zh-TW'], 'redis 的日誌包含『「完成」』');
  assert.equal(
    command({ prints: '{"done":true}' }, { stdout: '{"done":false}\n' }),
    wait('`redis-cli get x` prints `{"done":true}`', '`{"done":false}`', see),
  );
  assert.is(quoted('one\n  two').en, '"one two"');
});

test.run();
