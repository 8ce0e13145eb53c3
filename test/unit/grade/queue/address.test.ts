import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadQueueAddress, parseQueueAddress, withoutPassword } from '../../../../src/grade/queue/address.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

test('an address: host, port, user, password, database, TLS', () => {
  assert.equal(parseQueueAddress('redis://queue.example'), {
    at: { host: 'queue.example', port: 6379 },
    db: 0,
    isLocal: false,
    shown: 'redis://queue.example:6379',
  });
  assert.equal(parseQueueAddress('rediss://lab:p%40ss@queue.example:7000/3?ca=/etc/ca.pem'), {
    at: { host: 'queue.example', port: 7000 },
    username: 'lab',
    password: 'p@ss',
    db: 3,
    tls: { caFile: '/etc/ca.pem' },
    isLocal: false,
    shown: 'rediss://lab@queue.example:7000/3',
  });
  assert.equal(parseQueueAddress('valkeys://:secret@[2001:db8::1]/').at, { host: '2001:db8::1', port: 6379 });
  assert.equal(parseQueueAddress('valkeys://:secret@[2001:db8::1]/').tls, {});
  assert.is(parseQueueAddress('valkey://:secret@[2001:db8::1]').shown, 'valkey://[2001:db8::1]:6379');
});

test('a socket', () => {
  for (const written of ['unix:/run/queue.sock', 'unix:///run/queue.sock'])
    assert.equal(parseQueueAddress(written), {
      at: { path: '/run/queue.sock' },
      db: 0,
      isLocal: true,
      shown: 'unix:/run/queue.sock',
    });
});

test('which addresses never leave this machine', () => {
  const isLocal = (value: string) => parseQueueAddress(value).isLocal;
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) assert.is(isLocal(`redis://${host}`), true, host);
  for (const host of ['10.0.0.1', 'localhost.example', '127.0.0.1.example', '0.0.0.0', '[::2]'])
    assert.is(isLocal(`redis://${host}`), false, host);
});

test('what is not an address is refused, without its password', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['queue.example', /it is not the address of a queue server/],
    ['http://queue.example', /it is not the address of a queue server/],
    ['redis://', /it names no host|it is not the address/],
    ['redis://host:99999', /it is not the address of a queue server/],
    ['redis://host/name', /only the number of a database is allowed/],
    ['redis://host/1#x', /only the number of a database is allowed/],
    ['redis://host?ca=/x', /ca needs TLS/],
    ['rediss://host?family=6', /'family' is not known/],
    ['redis://me:%zz@host', /is not encoded correctly/],
    ['unix:queue.sock', /must begin with \//],
    ['redis://me:secret@host/name', /^--queue can't be 'redis:\/\/me:\*\*\*@host\/name': /],
  ];
  for (const [value, pattern] of wrong) {
    const error = await rejection(loadQueueAddress(value, {}));
    assert.is(error.code, 'E_USAGE', value);
    assert.match(error.message, pattern);
    assert.not.match(`${error.message} ${error.text['zh-TW']}`, /secret/);
  }
  for (const password of ['a', 'a:b@c', 'a/b', 'a?b#c'])
    assert.is(withoutPassword(`redis://me:${password}@host/1`), 'redis://me:***@host/1');
  assert.is(withoutPassword('redis://host:6379'), 'redis://host:6379');
});

test('a password comes from the address, else from LAB_QUEUE_PASSWORD, else from a file', async () => {
  const file = join(folder({ password: 'from file\n' }), 'password');
  const env = { LAB_QUEUE_PASSWORD: 'from env', LAB_QUEUE_PASSWORD_FILE: file };
  const passwordOf = async (url: string, given: Record<string, string>) => (await loadQueueAddress(url, given)).password;
  assert.is(await passwordOf('redis://:own@host', env), 'own');
  assert.is(await passwordOf('redis://host', env), 'from env');
  assert.is(await passwordOf('redis://host', { LAB_QUEUE_PASSWORD: '', LAB_QUEUE_PASSWORD_FILE: file }), 'from file');
  assert.is(await passwordOf('redis://host', {}), undefined);
  const error = await rejection(loadQueueAddress('redis://host', { LAB_QUEUE_PASSWORD_FILE: '/no/such/file' }));
  assert.is(error.message, '/no/such/file does not exist');
});

test('the certificates of ?ca are read', async () => {
  const file = join(folder({ 'ca.pem': 'certificate' }), 'ca.pem');
  assert.equal((await loadQueueAddress(`rediss://host?ca=${file}`, {})).tls, { ca: Buffer.from('certificate') });
  assert.equal((await loadQueueAddress('rediss://host', {})).tls, {});
  assert.match(
    (await rejection(loadQueueAddress('rediss://host?ca=/no/such.pem', {}))).message,
    /^\/no\/such\.pem does not exist$/,
  );
});

test.run();
