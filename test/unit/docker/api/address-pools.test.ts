import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInPools, networksLeft } from '../../../../src/docker/api/address-pools.ts';

test('an unconfigured engine has 31 subnets, one of them for its own bridge', () => {
  assert.is(networksLeft(builtInPools, []), 31);
  assert.is(networksLeft(builtInPools, ['172.17.0.0/16']), 30);
});

test('networks outside the pools and IPv6 networks use none', () => {
  assert.is(networksLeft(builtInPools, ['10.0.0.0/8', 'fd00::/64']), 31);
});

test('a small network uses a whole subnet, a large one every subnet it overlaps', () => {
  const pools = [{ base: '10.214.0.0/16', size: 26 }];
  assert.is(networksLeft(pools, []), 1024);
  assert.is(networksLeft(pools, ['10.214.0.0/28', '10.214.0.32/28']), 1023);
  assert.is(networksLeft(pools, ['10.214.1.0/24']), 1020);
  assert.is(networksLeft(pools, ['10.0.0.0/8']), 0);
});

test('no subnet is left', () => {
  assert.is(networksLeft([{ base: '10.1.0.0/24', size: 25 }], ['10.1.0.0/25', '10.1.0.128/25']), 0);
});

test.run();
