import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dockerLine } from '../../../../src/docker/compose/running-commands.ts';

test('a Docker command is shown as it was typed', () => {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['docker compose up -d --scale web=1', 'docker compose up -d --scale web=1'],
    ['/usr/libexec/docker/cli-plugins/docker-compose compose stop', 'docker compose stop'],
    ['/usr/bin/docker-compose up', 'docker-compose up'],
    ['/usr/bin/python3 /usr/bin/docker-compose up', 'docker-compose up'],
    ['dockerd -H unix:///run/docker.sock', undefined],
    ['vim docker', undefined],
    ['', undefined],
  ];
  for (const [typed, shown] of lines) assert.is(dockerLine(typed.split(' ')), shown, typed);
  assert.is(dockerLine(['docker', 'exec', 'web', 'sh', '-c', 'a b']), "docker exec web sh -c 'a b'");
});

test.run();
