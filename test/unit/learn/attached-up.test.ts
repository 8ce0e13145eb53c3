import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAttachedUp } from '../../../src/learn/attached-up.ts';

const attached = (what: string) => isAttachedUp({ kind: 'command', what });

test('`docker compose up` stays in its terminal, unless it runs in the background', () => {
  for (const line of [
    'up',
    'up --build',
    'up flask',
    'up --scale flask=3',
    '-f a.yaml up',
    '-p x up -t 5',
    '--verbose up',
    'up -V',
  ])
    for (const compose of ['docker compose', 'docker-compose']) assert.ok(attached(`${compose} ${line}`), line);
  for (const line of ['up -d', 'up --detach', 'up --detach=true', 'up --scale flask=3 -d', 'up -dV', 'up --wait', '-p x up -d'])
    assert.not.ok(attached(`docker compose ${line}`), line);
  for (const line of ['docker compose up --no-start', 'docker compose start', 'docker compose exec a up', 'docker run up'])
    assert.not.ok(attached(line), line);
});

test('a change whose command is not known is none', () => {
  assert.not.ok(isAttachedUp({ kind: 'engine', what: 'docker compose up' }));
});

test.run();
