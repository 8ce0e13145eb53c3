import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { fixedPorts } from '../../../src/grade/fixed-ports.ts';
import { judgePolicy } from '../../../src/grade/policy/policy.ts';
import { loadRubric, standardRubric } from '../../../src/grade/rubric/rubric.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';
import { folder } from '../../helpers/folder.ts';

const rubric = await loadRubric(standardRubric(composeScale), composeScale);

/** The remarks about a stack in which the app publishes these ports. */
async function remarksFor(ports: string) {
  const compose = `services:
  flask: { image: 'python:3.13-slim', ports: ${ports} }
  redis-server: { image: 'redis:8.0' }
  nginx: { image: 'nginx:1.26', ports: ['8000:80'] }
`;
  const judged = await judgePolicy(folder({ 'compose.yaml': compose }), 'compose.yaml', rubric);
  if (!judged.ok) throw new Error(judged.refusals.map(({ text }) => text.en).join('; '));
  return fixedPorts(judged.stack, 'nginx');
}

for (const ports of [
  "['5000:5000']",
  "['127.0.0.1:5001:5000']",
  "['5000-5001:5000-5001']",
  "[{ target: 5000, published: '5000' }]",
])
  test(`a fixed host port is reported: ${ports}`, async () => {
    const [remark, ...others] = await remarksFor(ports);
    assert.equal([remark?.code, remark?.service, others], ['fixed-port', 'flask', []]);
    assert.match(remark?.text.en ?? '', /the host port in 500[01]:5000 is fixed: .*flask cannot be scaled/);
    if (remark) assertComplete(remark.text, ports);
  });

for (const ports of ['[]', "['5000']", "['127.0.0.1::5000']", "['5000-5002:5000']", "[{ target: 5000, published: '5000-5002' }]"])
  test(`not fixed: ${ports}`, async () => assert.equal(await remarksFor(ports), []));

test.run();
