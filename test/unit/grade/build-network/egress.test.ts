import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PrivateAddressError, publicAddresses } from '../../../../src/grade/build-network/egress.ts';

const of = (addresses: readonly string[], own: readonly string[] = []) =>
  publicAddresses('pypi.org', { resolve: async () => addresses, own });

test('only the addresses on the Internet are used, of all that a name has', async () => {
  assert.equal(await of(['151.101.0.223', '127.0.0.1', '2a04:4e42::223', 'fd00::1']), ['151.101.0.223', '2a04:4e42::223']);
});

test('a name with private, loopback, link-local or own addresses only is refused', async () => {
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fe80::1', '::ffff:10.0.0.1', '224.0.0.1'])
    await of([address]).then(
      () => assert.unreachable(address),
      (error) => assert.instance(error, PrivateAddressError),
    );
  await of(['140.112.1.1'], ['140.112.1.1']).then(
    () => assert.unreachable(),
    (error) => assert.instance(error, PrivateAddressError),
  );
});

test.run();
