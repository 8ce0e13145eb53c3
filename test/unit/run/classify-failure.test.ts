import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classifyFailure } from '../../../src/run/classify-failure.ts';

/** The last output of failed commands, from several versions of Docker and Compose; the `faults*.test.ts` files produce it. */
const messages: readonly (readonly [code: string, words: string])[] = [
  ['E_ENGINE_LOST', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
  ['E_ENGINE_LOST', 'error during connect: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/info": EOF'],
  ['E_DISK_FULL', 'failed to solve: failed to copy files: copy file range failed: no space left on device'],
  ['E_DISK_FULL', 'OSError: [Errno 28] No space left on device'],
  ['E_NETWORKS_FULL', 'Error response from daemon: all predefined address pools have been fully subnetted'],
  [
    'E_NETWORKS_FULL',
    'failed to create network x: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  ],
  ['E_PORT_TAKEN', 'driver failed programming external connectivity: Bind for 127.0.0.1:8000 failed: port is already allocated'],
  ['E_PORT_TAKEN', 'failed to bind host port for 127.0.0.1:8000:172.18.0.2:80/tcp: address already in use'],
  ['E_PORT_TAKEN', 'Ports are not available: exposing port TCP 127.0.0.1:8000 -> 0.0.0.0:0'],
  ['E_IMAGE_RATE_LIMIT', 'toomanyrequests: You have reached your pull rate limit.'],
  ['E_IMAGE_MISSING', 'Error response from daemon: manifest for redis:9.9 not found: manifest unknown: manifest unknown'],
  ['E_IMAGE_MISSING', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
  ['E_IMAGE_REFUSED', "pull access denied for nothing, repository does not exist or may require 'docker login'"],
  ['E_IMAGE_REFUSED', 'Error response from daemon: denied'],
  ['E_REGISTRY_UNREACHABLE', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'],
  ['E_REGISTRY_UNREACHABLE', 'dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving'],
  ['E_REGISTRY_UNREACHABLE', 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)'],
];
for (const [code, words] of messages) {
  test(`${code}: ${words.slice(0, 60)}`, () => {
    const error = classifyFailure('docker compose up -d', 1, ['Container a  Created', words]);
    assert.is(error.code, code);
    assert.is(error.text.en, `\`docker compose up -d\` ended with exit code 1:\n${words}`);
    assert.not.match(error.hint.en, '--keep');
  });
}

test('an error in the Compose file keeps the position that Compose reports, and the hint names the file', () => {
  for (const words of [
    'validating /x/compose.yaml: services.flask Additional property imagee is not allowed',
    "validating /x/compose.yaml: services.flask additional properties 'imagee' not allowed",
    'service "flask" refers to undefined network nowhere: invalid compose project',
    'yaml: line 4: did not find expected key',
    'ERROR: yaml.scanner.ScannerError: in "./compose.yaml", line 4, column 3',
    "ERROR: The Compose file './compose.yaml' is invalid because:",
  ]) {
    const error = classifyFailure('docker compose up -d', 15, [words]);
    assert.is(error.code, 'E_COMMAND_FAILED');
    assert.match(error.text.en, words);
    assert.match(error.hint.en, 'fix compose.yaml', words);
  }
});

test('any other failure is E_COMMAND_FAILED, and the hint names --keep', () => {
  const error = classifyFailure('docker compose exec client false', 1, []);
  assert.is(error.code, 'E_COMMAND_FAILED');
  assert.is(error.text.en, '`docker compose exec client false` ended with exit code 1');
  assert.match(error.hint.en, '--keep');
});

test('the line that names the cause first, then the last lines without progress, each of at most 500 characters', () => {
  const tail = [
    'first',
    'write /x: no space left on device',
    ...Array.from({ length: 8 }, (_, at) => `line ${at}`),
    ' Container x-web-1  Starting',
    'x'.repeat(900),
  ];
  const { code, text } = classifyFailure('docker compose build', 17, tail);
  assert.is(code, 'E_DISK_FULL');
  assert.equal(text.en.split('\n').slice(1), [
    'write /x: no space left on device',
    'line 4',
    'line 5',
    'line 6',
    'line 7',
    `${'x'.repeat(500)}…`,
  ]);
});

test('a container that could not start: the cause, without progress and without the layers of the engine', () => {
  const { text } = classifyFailure('docker compose up -d', 1, [
    ' Network x_default  Created',
    ' Container x-web-1  Starting',
    'Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/x/nginx.conf": not a directory: unknown',
  ]);
  assert.is(
    text.en,
    '`docker compose up -d` ended with exit code 1:\nError response from daemon: error mounting "/x/nginx.conf": not a directory: unknown',
  );
  assert.match(text['zh-TW'], '以結束碼 1 結束：\nError response from daemon: error mounting');
});

test('a build that failed: the last line that the step printed comes first', () => {
  const { text } = classifyFailure('docker compose build', 17, [
    '#7 [web 2/5] RUN pip install nothing',
    '#7 0.463 ERROR: No matching distribution found for nothing',
    '#7 ERROR: process "/bin/sh -c pip install nothing" did not complete successfully: exit code: 1',
    '------',
    ' > [web 2/5] RUN pip install nothing:',
    '0.461 ERROR: Could not find a version',
    '0.463 ERROR: No matching distribution found for nothing',
    '------',
    'web:2',
    '--------------------',
    '   2 | >>> RUN pip install nothing',
    '--------------------',
    'failed to solve: process "/bin/sh -c pip install nothing" did not complete successfully: exit code: 1',
  ]);
  assert.equal(text.en.split('\n').slice(0, 2), [
    '`docker compose build` ended with exit code 17:',
    'RUN pip install nothing: ERROR: No matching distribution found for nothing',
  ]);
  assert.match(text.en, /\nfailed to solve: process .* exit code: 1$/);
});

test.run();
