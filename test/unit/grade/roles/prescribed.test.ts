import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { proxied } from '../../../../labs/compose-scale/stacks.ts';
import { judgePolicy } from '../../../../src/grade/policy/policy.ts';
import { assignRoles } from '../../../../src/grade/roles/assign-roles.ts';
import { type Prescribed, prescribedNotes } from '../../../../src/grade/roles/prescribed.ts';
import { loadRubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { folder } from '../../../helpers/folder.ts';

const rubric = await loadRubric(standardRubric(composeScale), composeScale);
const files = {
  'compose.yaml': `services:
  web: { build: web }
  db: { image: 'redis:8.0' }
  front: { image: 'nginx:1.26', ports: ['8080:80'], volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf:ro'] }
`,
  'web/Dockerfile': 'FROM python:3.13-slim\nEXPOSE 5000\n',
  'nginx.conf': 'server { listen 80; location / { proxy_pass http://web:7000; } }\n',
};

async function notesFor(prescribed: Readonly<Record<string, Prescribed>>) {
  const dir = folder(files);
  const judged = await judgePolicy(dir, 'compose.yaml', rubric);
  if (!judged.ok) throw new Error(judged.refusals.map(({ text }) => text.en).join('; '));
  const roles = assignRoles(proxied, judged.stack, dir, {});
  if (!roles.ok) throw new Error(roles.question.en);
  return prescribedNotes(prescribed, { stack: judged.stack, names: roles.names, spec: roles.spec });
}
const textsFor = async (prescribed: Readonly<Record<string, Prescribed>>) =>
  (await notesFor(prescribed)).map(({ code, service, text }) => `${code} ${service}: ${text.en}`);

test('names and ports that are as prescribed give no remark', async () => {
  assert.equal(await textsFor({ flask: { name: 'web', port: 7000 }, nginx: { name: 'front', port: 80, published: 8080 } }), []);
  assert.equal(await textsFor({}), []);
});

test('each that differs gives a remark about its service', async () => {
  assert.equal(await textsFor({ flask: { name: 'flask', port: 5000, published: 5000 }, nginx: { published: 8000 } }), [
    'prescribed-name web: the service is named web; the assignment prescribes flask',
    'prescribed-port web: it listens on port 7000; the assignment prescribes 5000',
    'prescribed-published web: it publishes no port; the assignment prescribes 5000',
    'prescribed-published front: it publishes port 8080; the assignment prescribes 8000',
  ]);
});

test.run();
