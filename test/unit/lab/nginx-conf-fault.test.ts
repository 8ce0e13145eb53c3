import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNginxConf } from '../../../labs/compose-scale/nginx-conf.ts';
import { nginxConfFault } from '../../../labs/compose-scale/nginx-conf-fault.ts';
import type { ConfFacts } from '../../../src/lab/stack.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';

const facts: ConfFacts = {
  ...{ proxy: 'nginx', upstream: 'flask', ports: [5000], file: 'default.conf', log: [] },
  hosts: { flask: 'flask', app: 'flask', 'redis-server': 'redis-server', nginx: 'nginx' },
};
const conf = (to: string) => `# http://old:1\nserver {\n  listen 80;\n  location / {\n    proxy_pass ${to};\n  }\n}\n`;
function faultIn(to: string, over: Partial<ConfFacts> = {}): string | undefined {
  const fault = nginxConfFault(conf(to), { ...facts, ...over });
  if (fault) assertComplete(fault.text, to);
  return fault && `${fault.line}: ${fault.text.en}`;
}

test('each upstream that cannot be right is named with its line', () => {
  assert.is(faultIn('http://localhost:5000'), '5: `localhost` is the container of nginx itself; the app is `flask`.');
  assert.is(faultIn('http://127.0.0.1:5000'), '5: `127.0.0.1` is the container of nginx itself; the app is `flask`.');
  assert.match(
    faultIn('http://project-flask-1:5000') ?? '',
    /^5: `project-flask-1` is the name of a single container; write `flask`/,
  );
  assert.match(faultIn('http://172.18.0.3:5000') ?? '', /^5: `172\.18\.0\.3` is an address/);
  assert.is(faultIn('http://web:5000'), '5: no service has the name `web`; the app is `flask`.');
  assert.is(faultIn('http://redis-server:6379'), '5: `redis-server` is the service redis-server; the app is `flask`.');
  assert.is(faultIn('http://flask:8000'), '5: flask does not listen on port 8000, but on 5000.');
  assert.is(faultIn('http://flask'), '5: flask does not listen on port 80, but on 5000.');
});

test('the app by its name or an alias, on a port that is unknown or right, is no fault', () => {
  assert.is(faultIn('http://flask:5000'), undefined);
  assert.is(faultIn('http://app:5000'), undefined);
  assert.is(faultIn('http://flask:8000', { ports: [] }), undefined);
  assert.is(faultIn('http://constructor:5000'), '5: no service has the name `constructor`; the app is `flask`.');
});

test("an error in nginx's log names the line, if it is of this file", () => {
  const emerg = (file: string) => `2026/01/01 00:00:00 [emerg] 1#1: unexpected "}" in /etc/nginx/conf.d/${file}:6`;
  assert.is(
    faultIn('http://flask:5000', { log: ['start', emerg('default.conf')] }),
    '6: nginx reports: unexpected "}"; the line before it may lack its `;`.',
  );
  const other = emerg('default.conf').replace('unexpected "}"', 'unknown directive "x"');
  assert.is(faultIn('http://flask:5000', { log: [other] }), '6: nginx reports: unknown directive "x".');
  assert.is(faultIn('http://flask:5000', { log: [emerg('other.conf')] }), undefined);
  assert.is(faultIn('http://flask:5000', { log: [emerg('default.conf').replace(':6', ':600')] }), undefined);
});

test('a log and a configuration that repeat what the expressions search for are read too', () => {
  assert.is(nginxConfFault('proxy_pass '.repeat(5000), facts), undefined);
  const log = [`[emerg] ${' in /a'.repeat(10_000)}`, '[emerg] '.repeat(9000), `[emerg] ${' in /a:1'.repeat(9000)}`];
  assert.is(nginxConfFault('http://flask:5000 '.repeat(3000), { ...facts, log }), undefined);
});

test('the configuration of the reference for a part of nginx.conf, and for a whole one', () => {
  const to = { listen: 8080, host: 'web', port: 8000 };
  const part = 'server {\n  listen 8080;\n\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n';
  assert.is(writeNginxConf({ ...to, path: '/etc/nginx/conf.d/default.conf' }), part);
  assert.is(
    writeNginxConf({ ...to, path: '/etc/nginx/nginx.conf' }),
    `events {\n}\n\nhttp {\naccess_log /var/log/nginx/access.log;\n${part}}\n`,
  );
});

test.run();
