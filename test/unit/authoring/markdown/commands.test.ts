import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandFindings, commandsIn, refusedOptions } from '../../../../src/authoring/markdown/commands.ts';

test('one command in each line; a backslash continues it', () => {
  assert.equal(commandsIn('a\n\n # no\n  b \\\n    --c \\\n  d\r\ne \\'), ['a', 'b --c d', 'e']);
  assert.equal(commandsIn(''), []);
});

test('options of Compose that name another project or other files are refused, wherever they are', () => {
  for (const [command, found] of [
    ['docker compose up -d', []],
    ['docker compose -f a.yaml up', ['-f']],
    ['docker compose --file=a.yaml up', ['--file']],
    ['docker compose -fa.yaml up', ['-f']],
    ['docker-compose -p x --project-directory .. ps', ['-p', '--project-directory']],
    ['cd x && docker compose --ansi never -f a.yaml -f b.yaml up', ['-f', '-f']],
    ['docker compose --profile debug up -d', []],
    ['docker compose --verbose logs -f web', []],
    ['docker compose logs -f', []],
    ['docker compose exec web tar -f x -p', []],
    ['docker compose ps | grep -f words', []],
    ['COMPOSE_FILE=a.yaml docker compose up', ['COMPOSE_FILE']],
    ['export COMPOSE_PROJECT_NAME=x; docker compose --env-file x up', ['COMPOSE_PROJECT_NAME', '--env-file']],
    ['echo $COMPOSE_FILE', []],
  ] as const)
    assert.equal(refusedOptions(command), found, command);
});

test('a refused option is reported at its place', () => {
  const at = { file: 'tutorial.md', line: 10, column: 3 };
  const places = (block: string) => commandFindings(block, at).map(({ where }) => where);
  assert.equal(places('docker compose ps\n\ndocker compose -f a.yaml ps'), ['tutorial.md:12:18']);
  assert.equal(places('docker compose \\\n  --file a ps'), ['tutorial.md:10:3']);
});

test.run();
