import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { masked, parseRepository } from '../../../../src/grade/collect/repository.ts';

const parse = (written: string) => {
  const found = parseRepository(written, '/class');
  return 'wrong' in found ? 'wrong' : `${found.transport} ${found.shown}`;
};

test('addresses of repositories, with the only transport that git may use for them', () => {
  assert.is(parse('https://github.com/class/lab-ann.git'), 'https https://github.com/class/lab-ann.git');
  assert.is(parse('http://127.0.0.1:8000/ann.git'), 'http http://127.0.0.1:8000/ann.git');
  assert.is(parse('ssh://git@gitlab.example:2222/class/ann.git'), 'ssh ssh://git@gitlab.example:2222/class/ann.git');
  assert.is(parse('git@github.com:class/lab-ann.git'), 'ssh git@github.com:class/lab-ann.git');
  assert.is(parse('file:///srv/git/ann%20lee.git'), 'file /srv/git/ann lee.git');
  assert.is(parse('./repos/ann'), 'file /class/repos/ann');
  assert.is(parse('/srv/ann.git'), 'file /srv/ann.git');
});

test('what could run a program, read an unnamed transport, or be an option is no address', () => {
  const wrong = [
    '',
    'ann',
    'ext::sh -c touch% /tmp/x',
    'ext::sh',
    'fd::3',
    'git://github.com/class/ann.git',
    'ftp://example.org/ann.git',
    '--upload-pack=touch /tmp/x',
    '-ann:x',
    'host:-x',
    'https://',
    'https:///ann',
    'https://-x/ann',
    'https://example.org/ann?token=1',
    'https://example.org/a b',
    'https://example.org/a\u202eb',
    'C:\\repos\\ann',
    'file://host/ann',
  ];
  for (const one of wrong) assert.is(parse(one), 'wrong', one);
});

test('a login is never shown: a token may be the user or the password', () => {
  assert.is(parse('https://ann:secret@example.org/ann.git'), 'https https://***@example.org/ann.git');
  assert.is(parse('https://ghp_secret@example.org/ann.git'), 'https https://***@example.org/ann.git');
  assert.is(parse('https://a:b@c@example.org/ann.git'), 'https https://***@example.org/ann.git');
  assert.is(parse('ssh://git:secret@example.org/ann.git'), 'ssh ssh://git:***@example.org/ann.git');
  assert.is(
    masked("fatal: unable to access 'https://u:p@example.org/x/': no"),
    "fatal: unable to access 'https://***@example.org/x/': no",
  );
});

test('the same repository with another login, ending or upper case of the host has the same key', () => {
  const key = (written: string) => {
    const found = parseRepository(written, '/class');
    return 'wrong' in found ? found.wrong.en : found.key;
  };
  const one = key('https://example.org/class/ann');
  for (const same of ['https://u:p@example.org/class/ann.git', 'https://Example.org/class/ann/']) assert.is(key(same), one, same);
  for (const other of ['https://example.org/class/bob', 'https://example.org:81/class/ann', 'http://example.org/class/ann'])
    assert.is.not(key(other), one, other);
});

test.run();
