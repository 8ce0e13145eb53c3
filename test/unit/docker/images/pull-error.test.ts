import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRegistryFailure, pullError } from '../../../../src/docker/images/pull-error.ts';
import { parseRef, registryUrl } from '../../../../src/docker/images/registry.ts';

const bring = 'load the images from a file (`lab images save FILE` where they are, `lab images load FILE` here)';
const bringZh = '從檔案載入映像檔（在有映像檔的機器上執行 `lab images save FILE`，在這裡執行 `lab images load FILE`）';

test('references as Docker reads them', () => {
  const hub = 'docker.io';
  assert.equal(parseRef('redis'), { registry: hub, repository: 'library/redis', tag: 'latest' });
  assert.equal(parseRef('redis:8.0'), { registry: hub, repository: 'library/redis', tag: '8.0' });
  assert.equal(parseRef('docker.io/redis:8.0'), { registry: hub, repository: 'library/redis', tag: '8.0' });
  assert.equal(parseRef('nicolaka/netshoot:v0.13'), { registry: hub, repository: 'nicolaka/netshoot', tag: 'v0.13' });
  assert.equal(parseRef('127.0.0.1:5000/a/b'), { registry: '127.0.0.1:5000', repository: 'a/b', tag: 'latest' });
  assert.equal(parseRef('localhost/a:1'), { registry: 'localhost', repository: 'a', tag: '1' });
  assert.equal(parseRef('ghcr.io/a/b@sha256:12'), { registry: 'ghcr.io', repository: 'a/b', tag: 'sha256:12' });
  assert.equal(parseRef('ghcr.io/a/b:1@sha256:12'), { registry: 'ghcr.io', repository: 'a/b', tag: 'sha256:12' });
});

test('the URL of a registry', () => {
  assert.is(registryUrl('docker.io'), 'https://registry-1.docker.io/v2/');
  assert.is(registryUrl('ghcr.io'), 'https://ghcr.io/v2/');
  assert.is(registryUrl('127.0.0.1:5000'), 'http://127.0.0.1:5000/v2/');
  assert.is(registryUrl('http://mirror.example:5000/'), 'http://mirror.example:5000/v2/');
});

test('the rate limit of Docker Hub', () => {
  const error = pullError('redis:8.0', 'toomanyrequests: You have reached your pull rate limit.');
  assert.is(error.code, 'E_IMAGE_RATE_LIMIT');
  assert.is(error.text.en, "docker.io has reached its rate limit, so redis:8.0 can't be pulled");
  assert.is(error.text['zh-TW'], 'docker.io 已達下載次數上限，無法下載 redis:8.0');
  assert.is(
    error.hint.en,
    `wait (Docker Hub counts over 6 hours), \`docker login\` for your own limit, use a mirror, or ${bring}`,
  );
  assert.is(
    error.hint['zh-TW'],
    `稍候再試（Docker Hub 以 6 小時計算）、用 \`docker login\` 取得自己的額度、使用鏡像站，或${bringZh}`,
  );
});

test('an image that does not exist', () => {
  const error = pullError('redis:80', 'manifest for redis:80 not found: manifest unknown: manifest unknown');
  assert.is(error.code, 'E_IMAGE_MISSING');
  assert.is(error.text.en, 'docker.io has no image redis:80');
  assert.is(error.text['zh-TW'], 'docker.io 沒有映像檔 redis:80');
  assert.is(error.hint.en, `check its name and tag, or ${bring}`);
});

test('an image that a registry refuses', () => {
  const message = "pull access denied for ghcr.io/x/y, repository does not exist or may require 'docker login': denied";
  const error = pullError('ghcr.io/x/y:1', message);
  assert.is(error.code, 'E_IMAGE_REFUSED');
  assert.is(error.text.en, 'ghcr.io refuses ghcr.io/x/y:1: it does not exist, or it requires a login');
  assert.is(error.hint.en, `check its name, \`docker login ghcr.io\`, or ${bring}`);
  assert.is(error.hint['zh-TW'], `檢查名稱、執行 \`docker login ghcr.io\`，或${bringZh}`);
});

test('an unreachable registry', () => {
  const error = pullError(
    'redis:8.0',
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host',
  );
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
  assert.is(error.text.en, "docker.io can't be reached for redis:8.0 (lookup registry-1.docker.io on 10.0.0.1:53: no such host)");
  assert.is(error.hint.en, `check the network and its proxy, or ${bring}`);
});

test('messages of engines are classified by cause', () => {
  const words = {
    E_IMAGE_RATE_LIMIT: ['error parsing HTTP 429 response body: invalid character', '429 Too Many Requests'],
    E_IMAGE_MISSING: [
      'manifest unknown',
      'name unknown',
      'error parsing HTTP 404 response body: unexpected end',
      'no matching manifest for linux/arm64',
    ],
    E_IMAGE_REFUSED: [
      'Head "http://127.0.0.1:4/v2/x/manifests/1": no basic auth credentials',
      'unauthorized: authentication required',
      'denied: requested access to the resource is denied',
      'error parsing HTTP 403 response body: unexpected end of JSON input: ""',
    ],
    E_REGISTRY_UNREACHABLE: [
      'dial tcp 127.0.0.1:1: connect: connection refused',
      'Get "http://127.0.0.1:4/v2/": context deadline exceeded',
      'dial tcp 1.2.3.4:443: i/o timeout',
      'dial tcp 1.2.3.4:443: connect: network is unreachable',
      'dial tcp: lookup x on 10.0.0.1:53: server misbehaving',
      'net/http: TLS handshake timeout',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'received unexpected HTTP status: 503 Service Unavailable',
    ],
    E_ENGINE_API: ['something else'],
    E_DISK_FULL: ['write /var/lib/docker/tmp/x: no space left on device'],
  };
  for (const [code, all] of Object.entries(words)) {
    for (const message of all) assert.is(pullError('a:1', message).code, code, message);
  }
});

test('other failures keep the engine’s message', () => {
  assert.is(pullError('a:1', 'something\n else').text.en, "a:1 can't be pulled: something else");
  const full = pullError('a:1', 'write /x: no space left on device');
  assert.is(full.text.en, "the engine's disk is full: no space for a:1");
  assert.is(full.hint.en, 'free disk space: `docker system df` shows what uses it');
});

test('only failures of a registry allow building instead', () => {
  assert.ok(isRegistryFailure(pullError('a:1', 'manifest unknown')));
  assert.ok(isRegistryFailure(pullError('a:1', 'no such host')));
  assert.not.ok(isRegistryFailure(pullError('a:1', 'no space left on device')));
});

test.run();
