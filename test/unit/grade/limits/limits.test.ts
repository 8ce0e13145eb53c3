import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unsupportedIn } from '../../../../labs/compose-scale/unsupported.ts';
import { recipeFor } from '../../../../src/docker/embedded/images/recipes.ts';
import type { BuildMode, SeenRequests } from '../../../../src/grade/build-network/build-network.ts';
import type { Missed } from '../../../../src/grade/build-network/proxy-rules.ts';
import { failedStep } from '../../../../src/grade/limits/build-log.ts';
import { baseOf, lineOf } from '../../../../src/grade/limits/dockerfile-steps.ts';
import { explainBuild, explainContainers, explainFeature, explainOtherProgram } from '../../../../src/grade/limits/explain.ts';
import { lackOf, type UsedImage } from '../../../../src/grade/limits/lack.ts';
import { counted, triedNetwork } from '../../../../src/grade/limits/reach.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { allowed, web } from '../../../fixtures/submission.ts';

/** Which failures are faults of the submission, and which are limits of the grader. */

const slim = 'python:3.13-slim';
const inPlaceOf = (named: string, used = slim, standIn = false): UsedImage => ({
  named,
  used,
  ...(standIn ? { standIn: recipeFor(used) ?? {} } : {}),
});

/** As Compose 2.26.1 prints it with BUILDKIT_PROGRESS=plain on Engine 26.1.5. */
const logOf = (heading: string, printed: readonly string[], exitCode: number) => [
  '#0 building with "default" instance using docker driver',
  '',
  '#1 [flask internal] load build definition from Dockerfile',
  '#1 DONE 0.0s',
  '#4 [flask 1/5] FROM docker.io/library/python:3.13-slim',
  '#4 CACHED',
  `#6 ${heading}`,
  ...printed.map((line, at) => `#6 0.${at}87 ${line}`),
  `#6 ERROR: process "/bin/sh -c x" did not complete successfully: exit code: ${exitCode}`,
  '------',
  ` > ${heading}:`,
];

test('finds the failed step of a build, with several services and stages', () => {
  const step = failedStep(logOf('[flask builder 2/5] RUN apk add gcc', ['/bin/sh: 1: apk: not found'], 127));
  const error = 'process "/bin/sh -c x" did not complete successfully: exit code: 127';
  assert.equal(step, {
    ...{ service: 'flask', stage: 'builder', at: 2, of: 5, instruction: 'RUN apk add gcc' },
    ...{ output: ['/bin/sh: 1: apk: not found', error], cut: false },
  });
  // padded if there are ten or more steps, and without a stage if there is only one
  assert.equal(failedStep(['#9 [web  3/12] RUN x', '#9 ERROR: no'])?.at, 3);
  assert.equal(failedStep(['#9 [web 3/12] RUN x', '#9 1.0 y', '#9 DONE 0.1s']), undefined);
  // lines of other steps do not count, and an unfinished step counts only if no step has an error
  const cut = ['#8 [web 2/3] RUN sleep 9', '#8 0.1 zzz', '#9 [app 2/3] RUN x'];
  assert.equal(failedStep(cut.slice(0, 2)), {
    ...{ service: 'web', at: 2, of: 3, instruction: 'RUN sleep 9', output: ['zzz'], cut: true },
  });
  assert.equal(failedStep([...cut, '#8 0.2 more', '#9 ERROR: no'])?.output, ['no']);
});

const buildOf = async (dockerfile: string, build = './app') => {
  const files = { 'compose.yaml': `services:\n  app:\n    build: ${build}\n`, 'app/Dockerfile': dockerfile };
  const found = (await allowed(files)).stack.services['app']?.build;
  if (!found) throw new Error('no build');
  return found;
};

test('finds the line of a step in the submitted Dockerfile, and the image of its stage', async () => {
  const build = await buildOf(
    '# note\nFROM python:3.12-alpine AS one\nENV A=1\nWORKDIR /src\nRUN a && \\\n  b\nLABEL x=y\nRUN <<EOF\nc\nEOF\nCOPY . .\n\nFROM nginx:1.26\nCOPY --from=one /a /b\nFROM one\nRUN d\n',
  );
  // FROM an image counts as a step, FROM a stage does not
  const lines = [
    ...([2, 3, 4, 5] as const).map((at) => lineOf(build, { stage: 'one', at, of: 5 })),
    lineOf(build, { stage: 'stage-1', at: 2, of: 2 }),
    lineOf(build, { stage: 'stage-2', at: 1, of: 1 }),
  ];
  assert.equal(lines, [4, 5, 8, 11, 14, 16]);
  const alpine = { named: 'python:3.12-alpine', used: slim };
  assert.equal([baseOf(build, 'one'), baseOf(build, 'stage-2'), baseOf(build)], [alpine, alpine, alpine]);
  assert.equal(baseOf(build, 'stage-1'), { named: 'nginx:1.26', used: 'nginx:1.26' });
  const target = await buildOf('FROM nginx:1.26 AS a\nFROM python:3.13-slim\n', '{context: app, target: a}');
  assert.equal(baseOf(target)?.used, 'nginx:1.26');
});

const lacks: readonly (readonly [image: UsedImage, output: string, lack: string | undefined])[] = [
  // another image is used in place of the one that is named
  [inPlaceOf('python:3.13-alpine'), '/bin/sh: 1: apk: not found', 'has no `apk`'],
  [inPlaceOf('python:3.13-alpine'), '/bin/sh: 1: addgroup: not found', 'has no `addgroup`'],
  [inPlaceOf('python:3.13'), 'bash: line 1: curl: command not found', 'has no `curl`'],
  [
    inPlaceOf('python:3.13'),
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown',
    'has no `curl`',
  ],
  [inPlaceOf('python:3.13-alpine'), 'runc: exec: "/bin/ash": stat /bin/ash: no such file or directory: unknown', 'has no `ash`'],
  [
    inPlaceOf('python:3.13-alpine'),
    'runc: exec: "/src/start.sh": stat /src/start.sh: no such file or directory: unknown',
    undefined,
  ],
  [inPlaceOf('python:3.12-slim'), '/bin/sh: 1: python3.12: not found', 'has no `python3.12`'],
  [
    inPlaceOf('python:3.8-slim'),
    "sed: can't read /etc/apt/sources.list: No such file or directory",
    'has no `/etc/apt/sources.list`',
  ],
  [
    inPlaceOf('python:3.13-alpine'),
    '/bin/sh: 1: cannot create /etc/apk/repositories: Directory nonexistent',
    'has no `/etc/apk/repositories`',
  ],
  [inPlaceOf('python:3.13-alpine'), 'Unknown option: S', 'its programs have other options'],
  [inPlaceOf('python:3.8-slim'), "ModuleNotFoundError: No module named 'distutils'", 'has no `distutils`'],
  [
    inPlaceOf('nginx:1.29', 'nginx:1.26'),
    'nginx: [emerg] invalid parameter "resolve" in /etc/nginx/conf.d/default.conf:3',
    'does not know `resolve`',
  ],
  [
    inPlaceOf('nginx', 'nginx:1.26'),
    '2026/01/01 00:00:00 [emerg] 1#1: unknown directive "early_hints" in /etc/nginx/nginx.conf:3',
    'does not know `early_hints`',
  ],
  [
    inPlaceOf('nginx:1.26', 'nginx:1.26', true),
    'nginx: [emerg] unknown directive "js_import" in /etc/nginx/nginx.conf:3',
    'does not know `js_import`',
  ],
  [inPlaceOf('nginx:1.26', 'nginx:1.26', true), '/bin/sh: 1: envsubst: not found', 'has no `envsubst`'],
  // mistakes of the student, whatever the image
  [inPlaceOf('python:3.13-alpine'), 'ERROR: unknown command "instal" - maybe you meant "install"', undefined],
  [inPlaceOf('python:3.13-alpine'), "ModuleNotFoundError: No module named 'oss'", undefined],
  [inPlaceOf('python:3.13-alpine'), "Error: Could not import 'app'.", undefined],
  [inPlaceOf('python:3.13-alpine'), 'cat: /src/settings.txt: No such file or directory', undefined],
  [inPlaceOf('python:3.13-alpine'), '/bin/sh: 1: ./start.sh: not found', undefined],
  [inPlaceOf('python:3.13-alpine'), '  File "/src/app.py", line 3\nSyntaxError: invalid syntax', undefined],
  [inPlaceOf('python:3.12-slim'), 'Unknown option: S', undefined],
  [
    inPlaceOf('nginx:1.27.2', 'nginx:1.26'),
    'nginx: [emerg] invalid parameter "resolve" in /etc/nginx/conf.d/default.conf:3',
    undefined,
  ],
  [inPlaceOf('nginx:1.29', 'nginx:1.26'), 'nginx: [emerg] unknown directive "proxy_pas" in /etc/nginx/nginx.conf:3', undefined],
  // the named image is the one that is used
  [inPlaceOf(slim), '/bin/sh: 1: curl: not found', undefined],
  [inPlaceOf(slim, slim, true), '/bin/sh: 1: curl: not found', undefined],
  [
    inPlaceOf('nginx:1.26', 'nginx:1.26'),
    'nginx: [emerg] invalid parameter "resolve" in /etc/nginx/conf.d/default.conf:3',
    undefined,
  ],
  [
    inPlaceOf('nginx:1.26', 'nginx:1.26', true),
    'nginx: [emerg] invalid parameter "resolve" in /etc/nginx/conf.d/default.conf:3',
    undefined,
  ],
];
test('reports what an image lacks if it is used in place of another', () => {
  for (const [image, output, expected] of lacks) {
    const lack = lackOf(image, output.split('\n'), unsupportedIn);
    assert.is(lack?.en, expected, `${image.named} → ${image.used}: ${output}`);
    if (lack) assertComplete(lack, output);
  }
});

const failed = (
  instruction: string,
  printed: readonly string[],
  exitCode: number,
  image: UsedImage,
  mode: BuildMode = 'none',
  seen: Partial<SeenRequests> = {},
) => {
  const step = failedStep(logOf(`[flask 2/5] ${instruction}`, printed, exitCode));
  if (!step) throw new Error('no step');
  const network = { mode, missed: [], anonymous: [], used: false, ...seen };
  const reason = explainBuild({ step, place: 'flask/Dockerfile:2', image, network, unsupportedIn });
  if (reason) assertComplete(reason, instruction);
  return reason?.en;
};

test('a build that needs the network: reports the line, the cause and the remedy', () => {
  const resolving = ["  Temporary failure resolving 'deb.debian.org'", 'E: Unable to locate package curl'];
  assert.is(
    failed('RUN apt-get update && apt-get install -y curl', resolving, 100, inPlaceOf(slim)),
    'flask/Dockerfile:2: `RUN apt-get update && apt-get install -y curl` needs the network, and builds have none here. Grade again with `--build-network packages`, or `open`.',
  );
  const withNetwork = failed('RUN apt-get update', resolving, 100, inPlaceOf(slim), 'open');
  assert.match(withNetwork ?? '', /did not reach it\. Check the network of this machine/);
  assert.not.match(withNetwork ?? '', /--build-network/);
  // a name server that answers, but does not know the index
  const unknown = ["NewConnectionError('Failed to establish a new connection: [Errno -2] Name or service not known')"];
  assert.match(failed('RUN pip install flask==3.0.3', unknown, 1, inPlaceOf(slim), 'open') ?? '', /did not reach it/);
  // an index that answers, but has no such version
  const versions = ['ERROR: Could not find a version that satisfies the requirement flask==99 (from versions: 3.0.3)'];
  assert.is(failed('RUN pip install flask==99', versions, 1, inPlaceOf(slim), 'open'), undefined);
});

const forbidden = { why: 'host', host: 'evil.example.org', port: 443 } as const;

test('a build that the proxy refused a host: reports the host and both remedies', () => {
  const curl = 'RUN curl https://evil.example.org/x';
  const refused = ['curl: (56) CONNECT tunnel failed, response 403'];
  assert.is(
    failed(curl, refused, 56, inPlaceOf(slim), 'packages', { missed: [forbidden] }),
    'flask/Dockerfile:2: `RUN curl https://evil.example.org/x` needs `evil.example.org`, which builds may not reach here. Add it to `packages` in the rubric, or grade again with `--build-network open`.',
  );
  const of = (why: Missed['why'], port = 8443) =>
    failed(curl, refused, 56, inPlaceOf(slim), 'packages', { missed: [{ ...forbidden, why, port }] }) ?? '';
  assert.match(of('host'), /needs `evil\.example\.org:8443`, which builds may not reach/);
  assert.match(of('method'), /sends more than downloads/);
  assert.match(of('private'), /no address on the Internet/);
  assert.match(of('unreachable', 443), /did not answer\. Check the network of this machine/);
  assert.match(of('limit'), /downloads more than a build may here/);
  // a host that does not answer can follow from a refused one
  const both = [{ ...forbidden, why: 'unreachable', host: 'pypi.org' } as const, forbidden];
  assert.match(failed(curl, refused, 56, inPlaceOf(slim), 'packages', { missed: both }) ?? '', /needs `evil/);
});

test('what a build asked for without naming itself counts only if its output names the host', () => {
  const seen = { anonymous: [forbidden] };
  assert.is(failed('RUN apk add x', ['ERROR: unable to select packages'], 1, inPlaceOf(slim), 'packages', seen), undefined);
  const output = ['fetch https://evil.example.org/main/APKINDEX.tar.gz', 'ERROR: Permission denied'];
  assert.match(failed('RUN apk add x', output, 1, inPlaceOf(slim), 'packages', seen) ?? '', /needs `evil\.example\.org`/);
});

test('a build that ignores the proxy: the remedy is an open network', () => {
  const said = ['OSError: [Errno 101] Network is unreachable'];
  const expected =
    /needs the network and does not use the proxy for package indexes \(HTTP_PROXY\)\. Grade again with `--build-network open`\.$/;
  assert.match(failed('RUN python3 x.py', said, 1, inPlaceOf(slim), 'packages') ?? '', expected);
  assert.is(failed('RUN python3 x.py', ['Traceback'], 1, inPlaceOf(slim), 'packages', { used: true }), undefined);
});

test('a build that was cut while it downloaded needs more time', () => {
  const step = failedStep(['#8 [flask 2/3] RUN apt-get install -y gcc', '#8 0.1 Get:1 http://deb.debian.org']);
  if (!step) throw new Error('no step');
  const explained = (used: boolean) =>
    explainBuild({ step, place: 'Dockerfile:2', network: { mode: 'packages', missed: [], anonymous: [], used }, unsupportedIn })
      ?.en;
  assert.match(explained(true) ?? '', /did not end in time\. Increase `buildSeconds`/);
  assert.is(explained(false), undefined);
});

test('a build on another image: reports both images and the remedy, never the network', () => {
  const reason = failed('RUN apk add --no-cache gcc', ['/bin/sh: 1: apk: not found'], 127, inPlaceOf('python:3.13-alpine'));
  assert.is(
    reason,
    'flask/Dockerfile:2: `RUN apk add --no-cache gcc` failed: "python:3.13-slim" is used in place of "python:3.13-alpine", and has no `apk`. Load "python:3.13-alpine" with `lab images load FILE`, name it in the rubric\'s `images`, then grade again.',
  );
});

test('an image that could not be had: the remedy is the image, not the rubric', () => {
  const image: UsedImage = { ...inPlaceOf('python:3.13-alpine'), unavailable: true };
  assert.is(
    failed('RUN addgroup -S app', ['/bin/sh: 1: addgroup: not found'], 127, image),
    'flask/Dockerfile:2: `RUN addgroup -S app` failed: "python:3.13-slim" is used in place of "python:3.13-alpine", and has no `addgroup`. No registry answers: load "python:3.13-alpine" with `lab images load FILE`, then grade again.',
  );
});

test('a failure with another program of the same protocol proves nothing', () => {
  const other = { named: 'valkey/valkey:8', used: 'redis:8.0', unavailable: true } as const;
  const reason = explainOtherProgram([inPlaceOf(slim), other]);
  assert.is(
    reason?.en,
    'a check failed: "redis:8.0" is used in place of "valkey/valkey:8", and is another program with the same protocol. No registry answers: load "valkey/valkey:8" with `lab images load FILE`, then grade again.',
  );
  assertComplete(reason ?? { en: '', 'zh-TW': '' }, 'other program');
  const same = { named: 'redis:7', used: 'redis:8.0', unavailable: true } as const;
  assert.is(explainOtherProgram([same, { named: other.named, used: other.used }]), undefined);
});

test('a build that fails by itself reports no limit of the grader', () => {
  for (const image of [inPlaceOf(slim), inPlaceOf('python:3.13-alpine')]) {
    assert.is(failed('RUN false', [], 1, image), undefined);
    assert.is(failed('RUN pip instal flask', ['ERROR: unknown command "instal"'], 1, image), undefined);
    assert.is(failed('COPY app.py ./', ['"/app.py": not found'], 1, image), undefined);
  }
});

test('reports a health check or a container that lacks a program of the named image', () => {
  const image = inPlaceOf('python:3.13');
  const sick = { service: 'flask', image, output: [], health: 'exec: "curl": executable file not found in $PATH' };
  assert.match(explainContainers([sick], unsupportedIn)?.en ?? '', /^the health check of flask failed: .*has no `curl`/);
  assert.is(
    explainContainers([{ ...sick, health: 'curl: (22) The requested URL returned error: 404' }], unsupportedIn),
    undefined,
  );
  const ended = { service: 'flask', image, output: ['/bin/sh: 1: wait-for-it: not found'] };
  assert.match(explainContainers([ended], unsupportedIn)?.en ?? '', /^flask did not start: .*has no `wait-for-it`/);
  const fetching = { service: 'flask', output: ['ERROR: No matching distribution found for flask==2.3.3'] };
  assert.match(explainContainers([fetching], unsupportedIn)?.en ?? '', /downloads packages when it starts/);
  // a host name of the submission itself that does not resolve
  const wrongHost = 'redis.exceptions.ConnectionError: Error -3 connecting to redis:6379. Temporary failure in name resolution.';
  assert.is(explainContainers([{ service: 'flask', output: [wrongHost] }], unsupportedIn), undefined);
  for (const one of [sick, ended, fetching])
    assertComplete(explainContainers([one], unsupportedIn) ?? { en: '', 'zh-TW': '' }, 'container');
});

test('reports that a stand-in does not fill in templates at its start, as the real image does', async () => {
  const service = async (keys: string) => {
    const found = (await allowed({ ...web(keys), 'templates/default.conf.template': '' })).stack.services['web'];
    if (!found) throw new Error('no service');
    return found;
  };
  const templates = await service('volumes: [./templates:/etc/nginx/templates:ro]');
  const standIn = inPlaceOf('nginx:1.26', 'nginx:1.26', true);
  const reason = explainFeature('web', standIn, templates);
  assert.is(
    reason?.en,
    'web has no configuration: "nginx:1.26" is a stand-in built from Debian\'s packages, and does not fill in `/etc/nginx/templates`. Load the real image with `lab images load FILE`, then grade again.',
  );
  assertComplete(reason ?? { en: '', 'zh-TW': '' }, 'templates');
  assert.is(explainFeature('web', inPlaceOf('nginx:1.26', 'nginx:1.26'), templates), undefined);
  assert.is(explainFeature('web', standIn, await service('')), undefined);
});

test('counters: show whether a step tried the network, whatever it printed', () => {
  const lines = (ip: string, udp: string) => [
    '#6 0.9 labwright-net Ip: Forwarding OutRequests OutNoRoutes OutTransmits',
    `#6 0.9 labwright-net Ip: ${ip}`,
    '#6 0.9 labwright-net Udp: InDatagrams NoPorts InErrors',
    `#6 0.9 labwright-net Udp: ${udp}`,
  ];
  assert.not(triedNetwork(lines('1 9 0 9', '9 0 9')));
  assert.ok(triedNetwork(lines('1 0 32 0', '0 0 0')));
  assert.ok(triedNetwork(lines('1 0 0 0', '0 2 0')));
  assert.ok(triedNetwork(['#6 0.9 labwright-net Icmp: InMsgs InDestUnreachs', '#6 0.9 labwright-net Icmp: 4 4']));
  assert.not(triedNetwork(['#6 0.9 labwright-net Icmp: InMsgs InDestUnreachs', '#6 0.9 labwright-net Icmp: 4 0']));
  assert.ok(triedNetwork(['#6 0.9 labwright-net Ip6OutNoRoutes                  \t3']));
  assert.not(triedNetwork(['#6 0.9 labwright-net Ip6OutNoRoutes                  \t0', '#6 0.9 OutNoRoutes 3']));
});

test('counters: added to each RUN of each stage, in any form', () => {
  const lines = counted(
    'FROM a AS b\nRUN x\nSHELL ["/bin/bash", "-ec"]\nRUN ["y", "z"]\nRUN [ -e /x ]\nFROM b\nCMD ["c"]\n',
  ).split('\n');
  const shells = lines.filter((line) => line.startsWith('SHELL ')).map((line) => JSON.parse(line.slice(6)).slice(3));
  assert.equal(shells, [
    ['--', '/bin/sh', '-c'],
    ['--', '/bin/bash', '-ec'],
    ['--', '/bin/sh', '-c'],
  ]);
  assert.equal(JSON.parse(lines[4]?.slice(4) ?? '').slice(3), ['--', 'y', 'z']);
  assert.equal([lines[2], lines[5], lines.at(-2)], ['RUN x', 'RUN [ -e /x ]', 'CMD ["c"]']);
});

test.run();
