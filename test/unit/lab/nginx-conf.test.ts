import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locateNginxFiles, readNginxConf } from '../../../labs/compose-scale/nginx-conf.ts';

test('ports, upstream hosts and access logs of an nginx configuration', () => {
  const conf = `
    # listen 1; proxy_pass http://commented;
    log_format main '$remote_addr; "$request"';
    upstream pool { least_conn; server web:8000 weight=2; server 10.0.0.3:81; }
    server {
      listen 8080 default_server; listen [::]:8080; listen 127.0.0.1:9000 ssl;
      server_name shop.example;
      access_log /var/log/nginx/shop.log main;
      location / { proxy_pass http://pool/; }
      location /api { set $api "http://api:5000"; proxy_pass $api; }
    }`;
  const read = readNginxConf(conf);
  assert.equal(read.listens, [8080, 9000]);
  assert.equal(read.upstreams, [
    { host: 'web', port: 8000 },
    { host: '10.0.0.3', port: 81 },
    { host: 'api', port: 5000 },
  ]);
  assert.equal(read.accessLogs, ['/var/log/nginx/shop.log']);
});

test('a name in a variable is an upstream; a variable, a socket and a log that is off are none', () => {
  const read = readNginxConf(
    'set $app web; proxy_pass http://$app:5000; listen unix:/run/x.sock; access_log off; server unix:/a;',
  );
  assert.equal([read.listens, read.upstreams, read.accessLogs], [[], [{ host: 'web' }], []]);
});

test('a path of a log that leaves its folder is left out', () => {
  assert.equal(readNginxConf('access_log /var/log/nginx/../../../etc/passwd;').accessLogs, []);
});

test('a long configuration without an end is read in linear time', () => {
  const read = readNginxConf(`listen ${'8'.repeat(60_000)} ${'server { '.repeat(5000)}`);
  assert.equal([read.listens, read.upstreams], [[], []]);
});

test('the files are where the project mounts them from', () => {
  const conf = readNginxConf('access_log /var/log/nginx/web.log;');
  const logs = { source: 'out/logs', target: '/var/log/nginx/' };
  assert.equal(locateNginxFiles([{ source: 'a.conf', target: '/etc/nginx/conf.d/a.conf' }, logs], conf), {
    conf: 'a.conf',
    logs: 'out/logs',
    access: 'out/logs/web.log',
  });
  assert.equal(locateNginxFiles([{ source: 'conf', target: '/etc/nginx/conf.d' }], undefined), { conf: 'conf/default.conf' });
  assert.equal(locateNginxFiles([{ source: 'mime', target: '/etc/nginx/mime.types' }], undefined), {});
});

test.run();
