import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AddressRange, contains, isPublicAddress, overlaps, parseCidr } from '../../../src/formats/cidr.ts';

const range = (written: string): AddressRange => parseCidr(written) ?? { first: Number.NaN, last: Number.NaN };

test('a network or an address is a range; anything else is not', () => {
  assert.equal(range('10.1.2.3/16'), { first: 0x0a010000, last: 0x0a01ffff });
  assert.equal(range('192.168.1.1'), { first: 0xc0a80101, last: 0xc0a80101 });
  assert.equal(range('0.0.0.0/0'), { first: 0, last: 0xffffffff });
  for (const bad of ['default', 'fe80::/64', '10.0.0.0/33', '10.0.0.256', '10.0.0.0/8/8', '10.0.0.0/', '10/8', ''])
    assert.is(parseCidr(bad), undefined, bad);
});

test('ranges overlap if they share an address; one contains another if all of it is inside', () => {
  assert.ok(overlaps(range('10.0.0.0/8'), range('10.9.0.0/16')));
  assert.ok(overlaps(range('255.255.0.0/16'), range('255.255.255.255')));
  assert.not(overlaps(range('10.8.0.0/16'), range('10.9.0.0/16')));
  assert.not(overlaps(range('10.9.0.0/16'), range('10.8.0.0/16')));
  assert.ok(contains(range('10.0.0.0/8'), range('10.9.0.0/16')));
  assert.not(contains(range('10.9.0.0/16'), range('10.0.0.0/8')));
});

test('an address is public unless it is private, local, multicast or reserved, in IPv6 too', () => {
  for (const address of ['151.101.0.223', '203.0.113.80', '2a04:4e42::223', '::ffff:151.101.0.223', '64:ff9b::9765:df'])
    assert.ok(isPublicAddress(address), address);
  const v4 = [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ];
  const v6 = [
    '::',
    '::1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
  ];
  // 6to4 and Teredo contain an IPv4 address
  for (const address of [...v4, ...v6, '2002:7f00:1::', '2001:0:1::', '198.18.0.1', 'localhost', ''])
    assert.not(isPublicAddress(address), address);
});

test.run();
