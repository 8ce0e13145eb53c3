import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { movePort } from '../../../src/formats/move-port.ts';

const compose = (ports: string): string =>
  `# a comment\nservices:\n  db: { image: postgres:17 }\n  web:\n    image: web:1 # kept\n    ports:\n${ports}`;
/** The ports after 8080 became 9090; everything else has to stay. */
function moved(ports: string): unknown {
  const before = compose(ports);
  const after = movePort(before, 8080, 9090);
  assert.is(after.split('ports:')[0], before.split('ports:')[0]);
  return parse(after).services.web.ports;
}

test('both forms of a published port, with and without an address or a protocol', () => {
  assert.equal(moved('      - 8080:80\n'), ['9090:80']);
  assert.equal(moved('      - "127.0.0.1:8080:80"\n'), ['127.0.0.1:9090:80']);
  assert.equal(moved("      - '[::1]:8080:80/tcp' # x\n"), ['[::1]:9090:80/tcp']);
  assert.equal(moved('      - { target: 80, published: 8080, host_ip: 127.0.0.1 }\n'), [
    { target: 80, published: 9090, host_ip: '127.0.0.1' },
  ]);
  assert.equal(moved('      - target: 80\n        published: "8080"\n'), [{ target: 80, published: 9090 }]);
});

test('each of several ports, and only the one that is meant', () => {
  assert.equal(moved('      - 8080:80\n      - 8081:8080\n      - 18080:81\n      - "8080"\n      - 8080:81\n'), [
    '9090:80',
    '8081:8080',
    '18080:81',
    '8080',
    '9090:81',
  ]);
});

test('a file without that port, without ports or without services is unchanged', () => {
  for (const file of [
    compose('      - 80:8080\n'),
    compose('      - 8080-8090:80-90\n'),
    'services: {}\n',
    '',
    '- 8080:80\n',
    compose('      - ${PORT}:80\n'),
  ])
    assert.is(movePort(file, 8080, 9090), file);
});

test.run();
