import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeTokens } from '../../../../src/grade/similarity/compose-tokens.ts';

const symbols = (yaml: string, env = ''): string => [...composeTokens(yaml, env)].map(({ symbol }) => symbol).join(' ');
const same = (one: string, other: string, env = '') => assert.is(symbols(one, env), symbols(other, env));
const differs = (one: string, other: string) => assert.is.not(symbols(one), symbols(other));

test('order of keys and services, names, comments and forms of YAML have no meaning', () => {
  const one = `
services:
  flask: { build: ./flask, init: true, networks: [backend, frontend] }
  redis: { image: 'redis:8.0', networks: [backend] }
networks: { backend: {}, frontend: {} }
`;
  const other = `# mine
name: homework
networks: { inner: {}, outer: {} }
services:
  store:
    container_name: store-1
    networks: [inner]   # only here
    image: redis:7
  web:
    networks:
      - outer
      - inner
    init: true
    build: ./web
`;
  same(one, other);
  differs(one, one.replace('init: true, ', ''));
  differs(one, one.replace('redis:8.0', 'valkey:8.0'));
});

test('names are also names where another service uses them', () => {
  same(
    'services: { a: { image: x, depends_on: [b], environment: { HOST: b } }, b: { image: y } }',
    'services: { web: { image: x, depends_on: [store], environment: [STORE=store] }, store: { image: y } }',
  );
});

test('the order of a command has a meaning, that of ports and volumes has none', () => {
  differs('services: { a: { command: [one, two] } }', 'services: { a: { command: [two, one] } }');
  same('services: { a: { volumes: [one:/a, ./b:/c:ro] } }', 'services: { a: { volumes: [./b:/d:ro, one:/e] } }');
});

test('variables have their values, aliases and merges are resolved', () => {
  same('services: { a: { image: "${IMAGE:-nginx}" } }', 'services: { a: { image: nginx } }');
  same('services: { a: { image: $IMAGE } }', 'services: { a: { image: redis } }', 'IMAGE=redis\n');
  same(
    'x-net: &net { restart: always }\nservices: { a: { <<: *net, image: x }, b: { <<: *net, image: y } }',
    'services: { a: { restart: always, image: x }, b: { restart: always, image: y } }',
  );
});

test('a token has the line of its key or value', () => {
  const lines = [...composeTokens('services:\n  web:\n    image: x\n    build: .\n', '')].map(
    ({ symbol, line }) => `${symbol} ${line}`,
  );
  assert.equal(lines, ['services 1', 'item 2', 'build 4', '. 4', 'image 3', 'x 3']);
});

test('what is no YAML is compared by its words, and aliases cannot fill the memory', () => {
  assert.is(symbols('services: [a, "b'), 'services a b');
  const big = `a: &a ${'word '.repeat(1000)}\nservices:\n  one:\n    command: [${'*a, '.repeat(2000)}*a]\n`;
  assert.ok([...composeTokens(big, '')].length <= 20_010);
});

test.run();
