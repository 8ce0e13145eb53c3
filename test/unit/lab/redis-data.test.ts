import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandsOf, passwordsIn, stateOf } from '../../../labs/compose-scale/redis-data.ts';

test('passwords are those of the command, of variables named so, and of URLs', () => {
  const words = [
    'redis-server',
    '--requirepass',
    's3cret',
    'REDIS_PASSWORD=other',
    'URL=redis://user:third@redis:6379/0',
    'HOST=redis',
  ];
  assert.equal(passwordsIn(words), ['s3cret', 'other', 'third']);
  assert.equal(passwordsIn(['redis-server', '--requirepass']), []);
  assert.equal(passwordsIn([]), []);
});

test('each database is asked, after each password, and the connection is closed', () => {
  const lines = commandsOf("return 'x'", ['a"b']).split('\r\n');
  assert.equal(lines.slice(0, 3), ['AUTH "a\\"b"', 'SELECT 0', `EVAL "return 'x'" 0`]);
  assert.is(lines.filter((line) => line.startsWith('EVAL')).length, 16);
  assert.equal(lines.slice(-2), ['QUIT', ''], 'Redis reads whole lines only');
});

test('what Redis answered', () => {
  assert.is(stateOf('+OK\r\n$4\r\ndone\r\n+OK\r\n-ERR DB index is out of range\r\n'), 'kept');
  assert.is(stateOf('-NOAUTH Authentication required.\r\n-NOAUTH Authentication required.\r\n+OK\r\n'), 'locked');
  assert.is(stateOf("-ERR unknown command 'EVAL'\r\n"), 'unsure');
  assert.is(stateOf('HTTP/1.0 400 Bad Request\r\n'), 'none');
  assert.is(stateOf(''), 'none');
});

test.run();
