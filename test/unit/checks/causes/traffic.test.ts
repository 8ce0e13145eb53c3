import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRequest, type OtherTraffic, otherTrafficCause } from '../../../../src/checks/causes/traffic.ts';

const facts: OtherTraffic = { service: 'flask', commands: [], earlier: [], since: '2026-01-01T08:00:03.5Z', command: 'do it' };
const ran = (line: string, service = 'client') => ({ containerId: 'c', service, line });
const ofPing = (over: Partial<OtherTraffic>) => otherTrafficCause({ ...facts, ...over }, 'ping');
const ofRequest = (over: Partial<OtherTraffic>) => otherTrafficCause({ ...facts, ...over }, 'request');

test('nothing was typed', () => {
  assert.is(ofPing({}), undefined);
  assert.is(ofRequest({ front: 'nginx', paths: [] }), undefined);
});

test('another name was pinged', () => {
  const cause = ofPing({ commands: [ran('ping  -c 1 redis-server')] });
  assert.is(cause?.text.en, 'in client, `ping -c 1 redis-server` pinged another name');
  assert.is(cause?.help.en, 'do it');
});

test('another page was requested: by a command, or as the log of the proxy shows', () => {
  assert.is(
    ofRequest({ commands: [ran('curl -sS flask:5000/health')] })?.text.en,
    'in client, `curl -sS flask:5000/health` asked for `/health` only, not for the page `/`',
  );
  assert.is(ofRequest({ commands: [ran('curl -sS flask:5000')] }), undefined);
  assert.is(
    ofRequest({ front: 'nginx', paths: ['/health', '/favicon.ico'] })?.text.en,
    'nginx was asked for `/health`, `/favicon.ico` only, not for the page `/`',
  );
});

test('a request past the proxy', () => {
  assert.is(
    ofRequest({ front: 'nginx', commands: [ran('curl http://flask:5000/', 'nginx')] })?.text.en,
    'in nginx, `curl http://flask:5000/` asked flask itself, past nginx',
  );
  assert.match(
    ofRequest({ front: 'nginx', commands: [ran('curl localhost/health', 'nginx')] })?.text.en ?? '',
    /asked for `\/health` only/,
  );
});

test('the right command ran before the newest replica started', () => {
  assert.is(
    ofPing({ earlier: [ran('ping -c 1 flask')] })?.text.en,
    'in client, `ping -c 1 flask` ran before the newest replica of flask was started (08:00:03 UTC): do it again now',
  );
});

test('programs that send requests', () => {
  for (const line of [
    'curl flask:5000',
    'sh -c "curl flask:5000"',
    'sh -c for i in 1; do wget -qO- flask; done',
    '/usr/bin/curl x',
  ])
    assert.ok(isRequest(line), line);
  for (const line of ['ping flask', 'dig flask', 'sh', 'for a in $(dig +short flask); do curl $a; done'])
    assert.not.ok(isRequest(line), line);
});

test.run();
