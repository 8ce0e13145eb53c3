import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dockerLine, withoutPlugins } from '../../../../src/docker/compose/running-commands.ts';

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

test('a plugin is part of the command that started it; another command beside it is not', () => {
  const line = 'docker compose up';
  const [docker, plugin, other] = [
    { pid: 7, line },
    { pid: 8, line },
    { pid: 9, line: 'docker compose stop' },
  ];
  const parents = new Map([
    [7, 1],
    [8, 7],
    [9, 1],
  ]);
  assert.equal(
    withoutPlugins([docker, plugin, other], (pid) => parents.get(pid)),
    [docker, other],
  );
});

test.run();
