import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AddressRange, contains, overlaps, parseCidr } from '../../../src/formats/cidr.ts';

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

test.run();
