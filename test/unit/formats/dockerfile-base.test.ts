import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBase, tcpPorts } from '../../../src/formats/dockerfile-base.ts';

test('the image of the last stage, through stages that it is based on', () => {
  assert.equal(readBase('# a comment\nFROM python:3.13\nEXPOSE 5000 80/tcp\n'), {
    image: 'python:3.13',
    line: 2,
    exposed: ['5000', '80/tcp'],
  });
  const staged = 'FROM --platform=linux/amd64 golang:1 AS Build\nEXPOSE 1\nFROM nginx:1 AS run\nFROM build as last\nexpose 2';
  assert.equal(readBase(staged), { image: 'golang:1', line: 1, exposed: ['2'] });
  assert.equal(readBase(staged, 'RUN'), { image: 'nginx:1', line: 3, exposed: [] });
  assert.is(readBase(staged, 'none').image, 'golang:1');
});

test('a Dockerfile without FROM has no image; stages that name each other end', () => {
  assert.equal(readBase('RUN true'), { line: 0, exposed: [] });
  assert.is(readBase('FROM b AS a\nFROM a AS b').image, 'b');
});

test('TCP ports, each once', () => {
  assert.equal(tcpPorts(['80', '80/tcp', '53/udp', '8000-8010', 'x', '443/TCP']), [80, 443]);
});

test.run();
