import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { otherServices, upstreamsIn } from '../../../../src/grade/sandbox/upstreams.ts';
import { flask, frontFacts, nginx, replica } from '../../../fixtures/facts.ts';

const spec = composeScale.stacks.nginx;
assert.ok(spec);
const copy = (n: number, over: Parameters<typeof replica>[0] = { service: `flask${n}` }) =>
  replica({ on: { backend: `172.18.0.2${n}`, frontend: `172.19.0.2${n}` }, ...over });
const front = nginx();
const where = (conf: string, ...beside: readonly ReturnType<typeof copy>[]) => upstreamsIn(conf, front, beside, 5000);

test('other services are those that run on a network of the proxy, except the app', () => {
  const facts = (...others: readonly ReturnType<typeof copy>[]) => ({
    ...frontFacts(),
    volumes: [],
    replicas: [flask(1), front, ...others],
  });
  const ended = copy(3, { service: 'flask3', state: 'exited' });
  const elsewhere = replica({ service: 'cron', on: { backend: '172.18.0.30' } });
  assert.equal(
    otherServices(facts(copy(2), ended, elsewhere), spec, front).map(({ service }) => service),
    ['flask2'],
  );
});

test('a service in the configuration has the port given there, and its address on a network of the proxy', () => {
  const conf =
    'upstream app { server flask:5000; server flask2:8080 weight=2; }\nserver { location / { proxy_pass http://app; } }';
  assert.equal(where(conf, copy(2), copy(3)), [['172.19.0.22:8080']]);
});

test('without a port, the port of the app and port 80 are tried', () => {
  assert.equal(where('proxy_pass http://flask2/;', copy(2)), [['172.19.0.22:5000', '172.19.0.22:80']]);
});

test('a service is found by a container name, an alias, or an address', () => {
  const named = copy(2);
  const alias = { ...named, networks: { p_frontend: { networkId: 'f', address: '172.19.0.22', aliases: ['web'] } } };
  for (const name of ['p-flask2-1', 'web', '172.19.0.22']) assert.equal(where(`server ${name}:81;`, alias), [['172.19.0.22:81']]);
});

test('a part of a word is not a name, and comments are ignored', () => {
  assert.equal(where('# server flask2:5000;\nserver my-flask2:5000;\nserver flask2.example:5000;', copy(2)), []);
});

test.run();
