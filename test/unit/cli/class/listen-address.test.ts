import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listenError, parseListen } from '../../../../src/cli/class/listen-address.ts';
import { LabError } from '../../../../src/lab/error.ts';

const known = ['192.168.1.5', 'fd00::1'];

test('an address and perhaps a port; all addresses only if they are named, and the code has the first one of this machine', () => {
  for (const [written, address, port, named = address] of [
    ['192.168.1.5', '192.168.1.5', 0],
    ['192.168.1.5:8443', '192.168.1.5', 8443],
    ['10.0.0.1:65535', '10.0.0.1', 65_535],
    ['fd00::1', 'fd00::1', 0],
    ['[fd00::1]', 'fd00::1', 0],
    ['[fd00::1]:8443', 'fd00::1', 8443],
    ['0.0.0.0:8443', '0.0.0.0', 8443, '192.168.1.5'],
    ['::', '::', 0, 'fd00::1'],
  ] as const)
    assert.equal(parseListen(written, known), { address, port, named }, written);
});

const refused = (written: string | undefined, of: readonly string[] = known): LabError => {
  try {
    throw new Error(JSON.stringify(parseListen(written, of)));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return error;
  }
};

test('what is no address of this machine is refused, with those that it has', () => {
  for (const written of [
    '',
    'localhost',
    '192.168.1',
    '192.168.1.5:65536',
    '192.168.1.5:',
    '192.168.1.5:x',
    '[fd00::1',
    '8443',
  ]) {
    const { code, text, hint } = refused(written);
    assert.is(code, 'E_USAGE', written);
    assert.is(text.en, `lab class: --listen can't be '${written}'; it is an IP address, perhaps with a port`);
    assert.match(hint['zh-TW'], '這台機器的位址：192.168.1.5、fd00::1。');
  }
  assert.is(refused(undefined).text.en, 'lab class: name the address to listen on');
  assert.is(refused('0.0.0.0', ['fd00::1']).text.en, 'lab class: this machine has no address that learners could reach');
  assert.is(refused('::', []).hint.en, '`lab class --help` shows its usage');
});

test('an error of the system says what to do, if it is about the address or the port', () => {
  const where = { address: '10.0.0.1', port: 443, named: '10.0.0.1' };
  const said = (code: string) => {
    const error = Object.assign(new Error(code), { code });
    const found = listenError(error, where, known);
    return found instanceof LabError ? [found.code, found.text.en, found.cause === error] : found === error;
  };
  assert.equal(said('EADDRNOTAVAIL'), ['E_USAGE', 'lab class: 10.0.0.1 is not an address of this machine', false]);
  for (const code of ['EADDRINUSE', 'EACCES'])
    assert.equal(said(code), ['E_PORT_TAKEN', 'port 443 is in use, or not allowed for this user', true]);
  assert.is(said('EMFILE'), true);
});

test.run();
