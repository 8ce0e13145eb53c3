import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nginxPreference, nginxRewrite } from '../../../labs/compose-scale/nginx-conf-fault.ts';
import { proxied } from '../../../labs/compose-scale/stacks.ts';

test('what makes nginx prefer a server is found, with its line; comments and names do not count', () => {
  const found = (line: string) => {
    const fault = nginxPreference(`upstream app {\n  ${line}\n}\n`);
    return fault && `${fault.line} ${fault.text.en.split('`')[1]}`;
  };
  assert.is(found('ip_hash;'), '2 ip_hash');
  assert.is(found('hash $request_uri consistent;'), '2 hash $request_uri consistent');
  assert.is(found('server flask:5000 backup;'), '2 backup');
  assert.is(found('server flask:5000 weight=5;'), '2 weight=5');
  assert.is(found('server flask:5000;'), undefined);
  assert.is(found('# ip_hash;'), undefined);
  assert.is(found('proxy_pass http://backup;'), undefined);
});

test('a variable that chooses where a request goes is found before what it chooses from, with what it goes by', () => {
  const conf = (choice: string, target = 'http://$up') =>
    `upstream all { server flask:5000; }\nupstream one { ip_hash; server flask:5000; }\n${choice}\nserver {\n  location / { proxy_pass ${target}; }\n}\n`;
  const found = (choice: string, target?: string) => {
    const fault = nginxPreference(conf(choice, target));
    return fault && `${fault.line}: ${fault.text.en}`;
  };
  assert.is(
    found('map $connection_requests $up { 1 one; default all; }'),
    '3: `map $connection_requests $up` chooses where a request goes by `$connection_requests` (the number of the request on its connection: 1 is the first).',
  );
  assert.is(
    found('map "$http_accept$http_cookie" $up { "" all; default one; }'),
    '3: `map "$http_accept$http_cookie" $up` chooses where a request goes by `$http_accept$http_cookie`.',
  );
  assert.is(
    found('split_clients "$msec$connection" $up { 40% one; * all; }'),
    '3: `split_clients "$msec$connection" $up` sends a share of the requests elsewhere than the rest.',
  );
  assert.is(found('geo $up { default all; }'), '3: `geo $up` chooses where a request goes by `$remote_addr`.');
  // a variable that proxy_pass does not use, as in the configuration for WebSockets, chooses nothing
  const upgrade = found('map $http_upgrade $connection_upgrade { default upgrade; "" close; }', 'http://all');
  assert.ok(upgrade?.startsWith('2: `ip_hash`'), upgrade);
});

test('what rewrites answers is found within a line as well', () => {
  const found = (line: string) => nginxRewrite(line)?.text.en.split('`')[1];
  assert.is(found('server { location / { if ($http_user_agent) { return 403; } } }'), 'if ($http_user_agent)');
  assert.is(found('location / { proxy_cache c; proxy_cache_valid 200 1h; }'), 'proxy_cache');
  assert.is(found('location / { proxy_cache off; }'), undefined);
  assert.is(found('# return 200;'), undefined);
});

test('the configuration that nginx was started with is read from the title of its main process', () => {
  const other = (line: string) => proxied.proxy?.otherConfIn?.(line);
  assert.is(other('nginx: master process nginx -c /tmp/n/n.conf -g daemon off;'), '/tmp/n/n.conf');
  assert.is(other('nginx: master process nginx -g daemon off;'), undefined);
  assert.is(other('nginx: master process nginx -c /etc/nginx/nginx.conf -g daemon off;'), undefined);
  assert.is(other('sh -c /tmp/n/n.conf'), undefined);
});

test.run();
