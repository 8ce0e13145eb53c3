import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { curveBetween, inflated, overlap, pathOf, pointOn } from '../../../../../../src/learn/web/page/stack/geometry.ts';
import { boxOf, layoutOf } from '../../../../../../src/learn/web/page/stack/layout.ts';
import type { Picture } from '../../../../../../src/learn/web/picture/picture.ts';
import { pictures } from '../../../../../fixtures/page-states.ts';

const spaces = [
  { width: 745, height: 380, unit: 1 },
  { width: 1500, height: 800, unit: 2 },
  { width: 340, height: 560, unit: 1 },
];
const drawn = Object.entries(pictures).filter(([name]) => name !== 'empty') as [string, Picture][];

test('cards and replicas never overlap, and are inside the drawing and their card', () => {
  for (const space of spaces)
    for (const [name, picture] of drawn) {
      const { cards, host, width, height } = layoutOf(picture, space);
      const boxes = [...cards.map(({ box }) => box), ...(host ? [host] : [])];
      for (const [at, box] of boxes.entries()) {
        assert.ok(
          box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
          `${name} at ${space.width}`,
        );
        assert.not.ok(
          boxes.slice(at + 1).some((other) => overlap(box, other)),
          `${name} at ${space.width}`,
        );
      }
      for (const { box, replicas } of cards)
        for (const [at, one] of replicas.entries()) {
          // the sizes are fractions
          const [right, bottom] = [box.x + box.width + 0.01, box.y + box.height + 0.01];
          assert.ok(one.box.x >= box.x && one.box.x + one.box.width <= right, name);
          assert.ok(one.box.y >= box.y && one.box.y + one.box.height <= bottom, name);
          assert.not.ok(
            replicas.slice(at + 1).some((other) => overlap(one.box, other.box)),
            name,
          );
        }
    }
});

test('an area covers no service that is not in its network', () => {
  for (const space of spaces)
    for (const [name, picture] of drawn) {
      const { cards, areas } = layoutOf(picture, space);
      for (const { id, boxes } of areas)
        for (const { service, box } of cards) {
          const isIn = picture.services
            .find((one) => one.name === service)
            ?.replicas.some(({ addresses }) => addresses[id] !== undefined);
          assert.is(
            boxes.some((area) => overlap(area, box)),
            isIn === true,
            `${name}: ${id} and ${service}`,
          );
        }
    }
});

test('a network has an area around each service where one area would cover another', () => {
  const service = (name: string, network: string) => ({
    name,
    replicas: [{ ...pictures.one.services[0]?.replicas[0], id: name, addresses: { [network]: '10.0.0.1' } }],
  });
  const networks = ['a', 'b'].map((id) => ({ id, name: id, internal: false }));
  const picture = { at: '', networks, services: [service('one', 'a'), service('two', 'b'), service('three', 'a')] } as Picture;
  const { areas } = layoutOf(picture, { width: 340, height: 500, unit: 1 });
  assert.equal(
    areas.map(({ id, boxes }) => [id, boxes.length]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});

test('the proxy is left of its upstream, and what is behind is right of it', () => {
  const { cards, host } = layoutOf(pictures.three, { width: 900, height: 500, unit: 1 });
  const x = Object.fromEntries(cards.map(({ service, box }) => [service, box.x])) as Record<string, number>;
  assert.ok(host);
  const order = [host.x, x['nginx'], x['flask'], x['redis-server']] as number[];
  assert.equal(
    order,
    [...order].sort((one, other) => one - other),
  );
});

test('twenty replicas fit on a laptop, with smaller boxes', () => {
  const space = { width: 745, height: 380, unit: 1 };
  const { height, cards } = layoutOf(pictures.twenty, space);
  assert.is(height, 380);
  assert.is(cards.find(({ service }) => service === 'flask')?.density, 'tiny');
  assert.is(layoutOf(pictures.one, space).cards[0]?.density, 'full');
});

test('without a published port there is no machine, and a container that is gone has no box', () => {
  const layout = layoutOf(pictures.noProxy, { width: 900, height: 500, unit: 1 });
  assert.is(boxOf(layout, 'host'), undefined);
  assert.is(boxOf(layout, 'gone'), undefined);
  assert.ok(boxOf(layout, 'flask-2'));
});

test('a curve begins and ends at the facing sides', () => {
  const [one, two] = [
    { x: 0, y: 0, width: 10, height: 10 },
    { x: 50, y: 40, width: 10, height: 10 },
  ];
  const curve = curveBetween(one, two);
  assert.equal(
    [pointOn(curve, 0), pointOn(curve, 1)],
    [
      { x: 10, y: 5 },
      { x: 50, y: 45 },
    ],
  );
  assert.equal(pointOn(curveBetween(two, one), 1), { x: 10, y: 5 });
  assert.equal(pointOn(curveBetween(one, { ...two, x: 2 }), 0), { x: 5, y: 10 });
  assert.is(pathOf(curve), 'M10.0 5.0 C30.0 5.0 30.0 45.0 50.0 45.0');
  assert.equal(inflated(one, 2, 5), { x: -2, y: -5, width: 14, height: 17 });
});

test.run();
