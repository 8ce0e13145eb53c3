import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evidence } from '../../../../src/grade/substitution/evidence.ts';
import { explainCause, type HandedIn } from '../../../../src/grade/substitution/explain.ts';
import type { Project } from '../../../../src/grade/substitution/replace.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { bare } from '../../../fixtures/submission.ts';
import { ended, ownStack, project, seen } from '../../../fixtures/substitution.ts';

const handedIn: HandedIn = {
  composeFile: 'compose.yaml',
  composeText: 'services:\n  web:\n    build: app\n  cache:\n    image: redis:8.0\n  lb:\n    image: nginx\n',
  built: { web: ['Dockerfile', 'main.py'] },
};
function explained(part: string, evidence: Evidence, over: Partial<Project> = {}, all = true) {
  const cause = explainCause(part, { project: { ...project, ...over }, handedIn, evidence, points: 20, all });
  assertComplete(cause.text, part);
  return cause;
}

test('the configuration: the file, the line, and what is wrong in it', () => {
  const cause = explained('conf', seen());
  assert.is(
    cause.text.en,
    'proxy/site.conf is the cause: with the reference configuration everything else works. Line 4: `localhost` is the container of lb itself; the app is `web`.',
  );
  assert.equal([cause.place, cause.service, cause.points], [{ file: 'proxy/site.conf', line: 4 }, 'lb', 20]);
  assert.match(explained('conf', seen(), {}, false).text.en, /with the reference configuration the stack works\./);
});

test('a configuration that was not handed in, and none at all', () => {
  const confs = [{ path: 'proxy/site.conf', target: '/etc/nginx/conf.d/default.conf' }];
  assert.match(explained('conf', seen(), { confs }).text.en, /"proxy\/site\.conf" was not handed in\.$/);
  assert.match(
    explained('conf', seen(), { confs: [] }).text.en,
    /^the configuration of lb is the cause: .* None was handed in\.$/,
  );
});

test('an app that ends: the file and the line that its log names, and its last line', () => {
  const log = [
    'Traceback (most recent call last):',
    '  File "/srv/main.py", line 3, in <module>',
    "ModuleNotFoundError: No module named 'x'",
  ];
  const cause = explained('flask', seen({ flask: ended(log) }));
  assert.is(
    cause.text.en,
    "app/main.py is the cause: with the reference's web everything else works. Line 3: web ends with exit code 1: ModuleNotFoundError: No module named 'x'",
  );
  assert.match(cause.text['zh-TW'], /^原因在 app\/main\.py：換成參考解答的 web 後，其餘的檢查都通過。第 3 行：/);
  assert.equal(
    [cause.place, cause.said],
    [
      { file: 'app/main.py', line: 3 },
      { service: 'web', lines: log },
    ],
  );
});

test('a setting in the Compose file whose value the error repeats: its line there, not that of the app', () => {
  const log = ['  File "/srv/main.py", line 3, in hello', 'ConnectionError: Error 111 connecting to localhost:6379.'];
  const composeText = 'services:\n  web:\n    build: app\n    environment: { CACHE: localhost, DEBUG: "1" }\n';
  const withSetting = (environment: Readonly<Record<string, string>>) => {
    const web = { ...ownStack.services['web'], environment } as (typeof ownStack.services)[string];
    const stack = { ...ownStack, services: { ...ownStack.services, web } };
    const evidence = seen({ flask: { state: 'running', log } }, { status: 500 });
    return explainCause('flask', {
      project: { ...project, stack },
      handedIn: { ...handedIn, composeText },
      evidence,
      points: 20,
      all: true,
    });
  };
  const cause = withSetting({ DEBUG: '1', CACHE: 'localhost' });
  assert.is(
    cause.text.en,
    "the service web in compose.yaml is the cause: with the reference's web everything else works. Line 4: CACHE=localhost is set there. ConnectionError: Error 111 connecting to localhost:6379.",
  );
  assertComplete(cause.text, 'setting');
  assert.equal(cause.place, { file: 'compose.yaml', line: 4 });
  assert.equal(withSetting({ CACHE: 'local' }).place, { file: 'app/main.py', line: 3 }, 'only a whole word');
});

test('an app that listens on its own container only', () => {
  const ports = { open: [], loopback: [8000] };
  const cause = explained('flask', seen({ flask: { state: 'running', log: ['GET /'], ports } }));
  assert.match(cause.text.en, /^web \(app\/Dockerfile, app\/main\.py\) is the cause: .* web listens on 127\.0\.0\.1:8000 only/);
});

test('an app that answers too late; an error in its log says more', () => {
  const late = (log: readonly string[]) =>
    explained('flask', seen({ flask: { state: 'running', log } }, { status: 504 })).text.en;
  assert.match(late(['GET /']), / web accepts requests, but does not answer in time\.$/);
  assert.match(late(['ConnectionError: refused', 'GET /']), / ConnectionError: refused$/);
});

test('a build that fails: the step, and its line in the Dockerfile', () => {
  const failedBuild = {
    ...{ service: 'web', instruction: 'RUN pip instal x', file: 'app/Dockerfile', line: 2 },
    output: ['ERROR: unknown command "instal"', 'process "/bin/sh -c …" did not complete successfully'],
  };
  const cause = explained('flask', seen({ flask: { state: 'absent', log: [] } }, { failedBuild }));
  assert.match(
    cause.text.en,
    /^app\/Dockerfile is the cause: .* Line 2: the step "RUN pip instal x" fails: ERROR: unknown command "instal"$/,
  );
  assert.equal(cause.place, { file: 'app/Dockerfile', line: 2 });
});

test('an app that is only an image was not handed in', () => {
  const services = { ...ownStack.services, web: bare({ image: 'python:3.13-slim', named: 'ann/web:1' }) };
  const cause = explained('flask', seen({ flask: ended(['Error: x']) }), { stack: { ...ownStack, services } });
  assert.match(
    cause.text.en,
    /^the service web in compose\.yaml is the cause: .* Line 2: Only the image "ann\/web:1" was handed in\./,
  );
});

test('another service: its line in the Compose file, and its last line', () => {
  const cause = explained('redis', seen({ redis: ended(['bad directive']) }));
  assert.match(
    cause.text.en,
    /^the service cache in compose\.yaml is the cause: .* Line 4: cache ends with exit code 1: bad directive$/,
  );
  assert.match(explained('redis', seen({ redis: ended([], 0) })).text.en, /Line 4: cache ends with exit code 0\.$/);
  const { cache: _, ...services } = ownStack.services;
  const missing = explained('redis', seen({ redis: { state: 'absent', log: [] } }), { stack: { ...ownStack, services } });
  assert.match(missing.text.en, /There is no service cache\.$/);
});

test('networks: the services that share none', () => {
  const { web } = ownStack.services;
  if (!web) throw new Error('there is no web');
  const stack = { ...ownStack, services: { ...ownStack.services, web: { ...web, networks: { back: { aliases: [] } } } } };
  assert.match(
    explained('networks', seen(), { stack }).text.en,
    /^the networks in compose\.yaml are the cause: .* Line 2: web and lb share no network\.$/,
  );
});

test('control characters and long words of a submission are not in the text', () => {
  const log = [`\u001b[31mError\u0007 \u202e${'x'.repeat(5000)}`];
  const { text } = explained('redis', seen({ redis: ended(log) }));
  assert.ok(text.en.length < 400, text.en);
  for (const sign of ['\u001b', '\u0007', '\u202e']) assert.not.ok(text.en.includes(sign), text.en);
});

test('without a line in its log: the Dockerfile and the programs beside it; a requested path is no reason', () => {
  const log = ['10.0.0.3 - - [27/Nov/2026] "GET /error HTTP/1.1" 200 -'];
  const cause = explained('flask', seen({ flask: { state: 'running', log } }, { status: 500 }));
  assert.is(cause.text.en, "web (app/Dockerfile, app/main.py) is the cause: with the reference's web everything else works.");
  assert.equal(cause.place, { file: 'app/Dockerfile' });
  const afterRequests = explained('flask', seen({ flask: ended(['Debug mode: off', ...log]) }));
  assert.match(afterRequests.text.en, /web ends with exit code 1\.$/);
});

test('a health check in the Compose file that fails: its command, and its line', () => {
  const composeText = 'services:\n  web:\n    build: app\n    healthcheck:\n      test: ["CMD", "false"]\n';
  const evidence = seen({ flask: { state: 'unhealthy', log: [] } });
  const cause = explainCause('flask', { project, handedIn: { ...handedIn, composeText }, evidence, points: 20, all: true });
  assertComplete(cause.text, 'health');
  assert.match(
    cause.text.en,
    /^the service web in compose\.yaml is the cause: .* Line 4: The health check of web fails: "false"\.$/,
  );
  assert.equal(cause.place, { file: 'compose.yaml', line: 4 });
});

test.run();
