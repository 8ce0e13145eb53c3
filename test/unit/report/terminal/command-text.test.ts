import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCommand } from '../../../../src/report/terminal/command-text.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';

const { screen } = fakeScreen();
const shown = (line: string, columns: number) => renderCommand({ columns, paint: screen.paint, lang: 'en' }, line, 4);

/** The words that a command gets from a shell, blanks in a word as one. */
const wordsOf = (line: string): string => {
  const script = `docker() { printf '<%s>' "$@" | tr -s '\\n ' ' '; }; curl() { docker curl "$@"; }; seq() { echo 1 2; }; ${line}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
};

const commands = [
  'docker compose up -d --scale flask=3',
  "docker compose exec client sh -c 'for i in $(seq 10); do ping -c 1 flask | head -n 1; done'",
  "docker compose exec -T client sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do curl -s flask:5000 && sleep 0.2; done'",
  'for i in $(seq 10); do curl -sS http://127.0.0.1:8000/; done',
  "docker run --env 'GREETING=hello there; all of you' --env \"NAME=one and two\" --label a\\ b=c alpine echo it\\'s done",
];

for (const line of commands) {
  test(`copied from any screen it is the same command: ${line}`, () => {
    for (let columns = 30; columns <= 120; columns += 5) {
      const lines = shown(line, columns);
      assert.is(wordsOf(lines.join('\n')), wordsOf(line), lines.join('\n'));
    }
  });
}

test('a command that fits is on one line, without a prompt', () => {
  assert.equal(shown(commands[0] ?? '', 80), ['    docker compose up -d --scale flask=3']);
});

test('a long one continues after a backslash, and in a script after the end of a command', () => {
  assert.equal(shown(commands[1] ?? '', 60), [
    "    docker compose exec client sh -c 'for i in $(seq 10); do",
    "        ping -c 1 flask | head -n 1; done'",
  ]);
  assert.equal(shown(commands[3] ?? '', 50), ['    for i in $(seq 10); do curl -sS \\', '        http://127.0.0.1:8000/; done']);
});

test('a part without a place for a break is not cut', () => {
  assert.equal(shown(`docker run ${'x'.repeat(40)} y`, 30), ['    docker run \\', `        ${'x'.repeat(40)} \\`, '        y']);
});

test.run();
