import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { counterRises } from '../../../src/checks/counter.ts';
import { requestThreeTimes } from '../../../src/checks/evidence/sample.ts';
import { networksAre } from '../../../src/checks/networks.ts';
import { hasReplicas } from '../../../src/checks/replicas.ts';
import { type AnyCheck, requires } from '../../../src/lab/check.ts';
import { defineLab, defineStack, defineTutorial } from '../../../src/lab/define.ts';
import { LabError } from '../../../src/lab/error.ts';
import { portOf, type Stack, serviceNames } from '../../../src/lab/stack.ts';
import { verbatim } from '../../../src/lab/text.ts';
import type { Lab } from '../../../src/lab/tutorial.ts';
import { openStack, type StackPlace } from '../../../src/run/open-stack.ts';

/** A stack with roles that no other stack has. */
const shop = defineStack({
  id: 'shop',
  dir: 'shop',
  services: { web: { name: 'front-end', port: 3000 }, db: { name: 'postgres' } },
  probeFrom: 'web',
});
type Role = 'web' | 'db';

const same = verbatim('-');
const labOf = (verify: readonly AnyCheck<Role>[]): Lab<Role> =>
  defineLab({
    id: 'lab',
    title: same,
    stack: shop,
    steps: [{ id: 'step', title: same, teach: same, hints: [same, same, same], run: async () => undefined, verify }],
  });
const named = requires(['x'], hasReplicas('web', 1), networksAre('nets', same, { web: ['a'], db: ['a'] }));
const counted = counterRises('rises', same, { gather: requestThreeTimes('db'), help: same });

test('a lab uses only the roles of its stack: another role does not compile, and defineTutorial refuses it', () => {
  assert.is(labOf([hasReplicas('web', 1), hasReplicas('db', 1), counted]).stack, 'shop');
  labOf(named);
  // @ts-expect-error: no such role
  labOf([counterRises('rises', same, { gather: requestThreeTimes('cache'), help: same })]);
  // @ts-expect-error: no such role
  const strange = labOf([hasReplicas('cache', 1)]);
  assert.throws(
    () => defineTutorial({ id: 't', title: same, stacks: { shop }, labs: [strange] }),
    (error: Error) =>
      error instanceof LabError &&
      error.message === 'tutorial t: t/lab/step/cache-has-1-replica: it names cache, which is not a role of the stack shop',
  );
});

test('a stack has a service name and a port for each role', () => {
  assert.equal(serviceNames(shop), { web: 'front-end', db: 'postgres' });
  assert.equal([portOf(shop, 'web'), portOf(shop, 'db')], [3000, 80]);
});

test('the commands of a step name services by role; an unknown role is refused', () => {
  const place = { compose: { version: '2.40.3' }, spec: shop } as unknown as StackPlace;
  const watch = { started: () => {}, output: () => {}, finished: () => {}, note: () => {} };
  const stack: Stack = openStack(place, watch, new AbortController().signal);
  assert.equal([stack.service('web'), stack.service('db')], ['front-end', 'postgres']);
  assert.throws(
    () => stack.service('cache'),
    (error: Error) =>
      error instanceof LabError && error.code === 'E_LAB_INVALID' && error.message === 'the stack shop has no role cache',
  );
});

test.run();
