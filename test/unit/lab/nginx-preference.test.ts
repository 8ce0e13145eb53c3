import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nginxPreference } from '../../../labs/compose-scale/nginx-conf-fault.ts';

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

test.run();
