import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type JoinCode, readJoinCode, writeJoinCode } from '../../../../src/learn/class/join-code.ts';

const codeAt = (address: string, port = 8443): JoinCode => ({
  address,
  port,
  fingerprint: new Uint8Array(randomBytes(16)),
  secret: new Uint8Array(randomBytes(6)),
});
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const isCode = (typed: string): boolean => 'address' in readJoinCode(typed);

test('a code is read as it was written, for IPv4 and IPv6', () => {
  for (const address of ['192.168.1.5', '0.0.0.1', '255.255.255.255', 'fd00::2', '2001:db8::1:0:5'])
    for (const port of [1, 443, 65_535]) {
      const code = codeAt(address, port);
      assert.equal(readJoinCode(writeJoinCode(code)), code);
    }
});

test('a code is twelve groups of four letters, and can be typed in small letters, with spaces, and with I, L and O', () => {
  const code = codeAt('10.0.0.1');
  const written = writeJoinCode(code);
  assert.match(written, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){11}[0-9A-HJKMNP-TV-Z]{4}$/);
  const typed = written.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o');
  assert.equal(readJoinCode(` ${typed}\n`), code);
  assert.equal(readJoinCode(written.replaceAll('1', 'I')), code);
});

test('each single wrong letter is found, and each exchange of two neighbours', () => {
  for (const address of ['192.168.1.5', 'fd00::2']) {
    const plain = writeJoinCode(codeAt(address)).replaceAll('-', '');
    for (let at = 0; at < plain.length; at += 1) {
      for (const letter of letters)
        if (letter !== plain[at])
          assert.not.ok(isCode(plain.slice(0, at) + letter + plain.slice(at + 1)), `${plain} ${at} ${letter}`);
      const [one = '', other = ''] = plain.slice(at, at + 2);
      if (one !== other && other !== '') assert.not.ok(isCode(plain.slice(0, at) + other + one + plain.slice(at + 2)));
    }
  }
});

test('the message names what is wrong: a letter, the length, or a typing error, in both languages', () => {
  const plain = writeJoinCode(codeAt('192.168.1.5')).replaceAll('-', '');
  const said = (typed: string) => {
    const read = readJoinCode(typed);
    if ('address' in read) throw new Error('it is a code');
    assert.match(read['zh-TW'], /加入碼/);
    return read.en;
  };
  assert.match(said(`${plain.slice(0, -1)}U`), 'a character that no code has: U');
  assert.match(said(plain.slice(1)), 'has 47 characters, and a code has 48 or 67');
  assert.match(said(''), 'has 0 characters');
  assert.match(said((plain[0] === '0' ? '1' : '0') + plain.slice(1)), 'typing error');
});

test('a name is no address', () => {
  assert.throws(() => writeJoinCode(codeAt('localhost')), TypeError);
  assert.throws(() => writeJoinCode(codeAt('fe80::1%eth0')), TypeError);
});

test.run();
