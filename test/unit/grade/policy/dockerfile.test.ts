import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowed, type Files, judged, refused } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

/** Dockerfiles: the built file is generated from what was judged, so nothing unjudged is built. */

const from = (dockerfile: string, build = './app', env = ''): Files => ({
  'compose.yaml': `services:\n  app:\n    build: ${build}\n`,
  'app/Dockerfile': dockerfile,
  '.env': env,
});
const written = async (...args: Parameters<typeof from>) => {
  const { stack, notes } = await allowed(from(...args));
  return { text: stack.services['app']?.build?.dockerfileText, notes };
};

test('one instruction per line: comments removed, continuations joined, images of the rubric used', async () => {
  const { text, notes } = await written(
    '\ufeff# 中文\r\nfrom --platform=linux/amd64 docker.io/library/python:3.9 as Base\r\nRUN a \\\r\n  # no\r\n\r\n  b \\  \n  c\nLABEL x=y\nFROM base\nCOPY --from=base --chown=1:1 /a /b\nCOPY --from=0 /a /b\nCOPY --from=nginx:alpine /etc/nginx /n\nRUN --mount=type=bind,from=redis,target=/r --mount=type=tmpfs,target=/t ls\nFROM scratch\nCMD ["x", "<<"]',
  );
  assert.is(
    text,
    `FROM python:3.13-slim AS base
RUN a   b   c
FROM base
COPY --from=base --chown=1:1 /a /b
COPY --from=0 /a /b
COPY --from=nginx:1.26 /etc/nginx /n
RUN --mount=type=bind,from=redis:8.0,target=/r --mount=type=tmpfs,target=/t ls
FROM scratch
CMD ["x", "<<"]
`,
  );
  assert.equal(notes, ['platform', 'image', 'labels', 'image', 'image']);
});

test('ARG before FROM: its default, or the value from build.args and .env', async () => {
  const dockerfile = 'ARG IMG=alpine\nARG TAG="3.9" REST=-slim\nFROM $IMG:${TAG}${REST}\nARG TAG\nRUN echo $TAG\n';
  const { text } = await written(dockerfile, '{context: app, args: [IMG=python, TAG]}', 'TAG=3.11');
  assert.is(text, 'ARG IMG=alpine\nARG TAG="3.9" REST=-slim\nFROM python:3.13-slim\nARG TAG\nRUN echo $TAG\n');
  assert.equal(await refused(from(dockerfile)), ['image-not-allowed app/Dockerfile:3:1']);
});

test('here-documents are unchanged, whatever their content', async () => {
  const document =
    'FROM python\nRUN <<EOF\nFROM alpine\n# note\nADD http://x /x\nEOF\nCOPY <<-"A" <<B /dst/\n\tone\n\tA\ntwo \\\nthree\nB\nCMD x\n';
  assert.is((await written(document)).text, document.replace('python', 'python:3.13-slim'));
});

test('VOLUME is normalized, because the grader mounts there', async () => {
  const { text } = await written('FROM python\nVOLUME /a /b/c\nVOLUME ["/d e" , "/f"]\n');
  assert.is(text, 'FROM python:3.13-slim\nVOLUME ["/a","/b/c"]\nVOLUME ["/d e","/f"]\n');
});

test('the usual frontend is left out, and a cache mount is empty and of this instruction only', async () => {
  const { text, notes } = await written(
    '# check=skip=all\n# Syntax = docker.io/docker/dockerfile:1.7.1\n# escape=`\nFROM python AS one\nRUN --mount=type=cache,id=pip-$TARGETARCH,dst=/root/.cache,sharing=locked,uid=1 --mount=type=cache,target=/x,from=one,source=/y,ro x\n',
  );
  assert.is(
    text,
    '# escape=`\nFROM python:3.13-slim AS one\nRUN --mount=type=tmpfs,target=/root/.cache --mount=type=bind,from=one,source=/y,target=/x,rw x\n',
  );
  assert.equal(notes, ['syntax', 'image', 'build-cache']);
});

test('`dockerfile` is built where there is no `Dockerfile` and none is named', async () => {
  const small = (over: Files) =>
    allowed({ 'compose.yaml': 'services: {app: {build: app}}', 'app/dockerfile': 'FROM redis\n', ...over });
  const build = (await small({})).stack.services['app']?.build;
  assert.equal(
    [build?.dockerfile, build?.dockerfileText, build?.origin.file],
    ['dockerfile', 'FROM redis:8.0\n', 'app/dockerfile'],
  );
  const both = (await small({ 'app/Dockerfile': 'FROM nginx\n' })).stack.services['app']?.build;
  assert.is(both?.dockerfile, 'Dockerfile');
  const dir = folder({ 'compose.yaml': 'services: {app: {build: .}}' });
  symlinkSync('/etc/hostname', join(dir, 'dockerfile'));
  const out = await judged({}, dir);
  assert.equal(out.ok || out.refusals.map(({ code }) => code), ['path-leaves-folder']);
});

test('another escape character is kept', async () => {
  assert.is(
    (await written('# escape=`\nFROM python\nRUN a `\n  b \\\n')).text,
    '# escape=`\nFROM python:3.13-slim\nRUN a   b \\\n',
  );
});

test('build: a string, a mapping, a file elsewhere in the context, an inline Dockerfile', async () => {
  const build = async (of: string, files: Files = {}) => {
    const { origin: _, ...read } = (await allowed({ ...from('FROM python\n', of), ...files })).stack.services['app']?.build ?? {};
    return read;
  };
  const text = { dockerfileText: 'FROM python:3.13-slim\n', args: {} };
  assert.equal(await build('app/'), { context: 'app', dockerfile: 'Dockerfile', ...text });
  assert.equal(await build('{context: ., dockerfile: ./app/Dockerfile}'), {
    context: '.',
    dockerfile: 'app/Dockerfile',
    ...text,
  });
  assert.equal(await build('{dockerfile: app/Dockerfile, args: {A: 1, B: }}'), {
    context: '.',
    dockerfile: 'app/Dockerfile',
    dockerfileText: text.dockerfileText,
    args: { A: '1' },
  });
  assert.equal(await build('{context: app, target: one}', { 'app/Dockerfile': 'FROM python AS one\n' }), {
    context: 'app',
    dockerfile: 'Dockerfile',
    dockerfileText: 'FROM python:3.13-slim AS one\n',
    args: {},
    target: 'one',
  });
  assert.equal(await build('{context: app, dockerfile_inline: "FROM nginx"}'), {
    context: 'app',
    dockerfile: 'Dockerfile',
    dockerfileText: 'FROM nginx:1.26\n',
    args: {},
  });
});

const base = 'FROM python\n';
const refusals: readonly (readonly [string, ...string[]])[] = [
  ['# syntax=docker/dockerfile:1-labs\nFROM python', 'dockerfile-syntax 1'],
  ['# syntax=docker/dockerfile\nFROM python', 'dockerfile-syntax 1'],
  ['# syntax=evil.example/docker/dockerfile:1\nFROM python', 'dockerfile-syntax 1'],
  ['# syntax=docker/dockerfile:1 evil/frontend\nFROM python', 'dockerfile-syntax 1'],
  ['# syntax=docker/dockerfile:1@sha256:00\nFROM python', 'dockerfile-syntax 1'],
  ['# syntax=docker/dockerfile:1\n# syntax=docker/dockerfile:1\nFROM python', 'dockerfile-syntax 2'],
  ['// syntax=docker/dockerfile:1\nFROM python', 'dockerfile-syntax 1', 'dockerfile-unsure 1'],
  ['{"syntax": "docker/dockerfile:1"}\nFROM python', 'dockerfile-syntax 1', 'dockerfile-unsure 1'],
  ['#escape=`\n# Syntax = evil/frontend\nFROM python', 'dockerfile-syntax 2'],
  ['// syntax=evil\nFROM python', 'dockerfile-syntax 1', 'dockerfile-unsure 1'],
  ['# escape=x\nFROM python', 'dockerfile-unsure 1'],
  ['', 'dockerfile-from 1'],
  ['RUN x\nRUN y', 'dockerfile-from 1'],
  ['FROM alpine', 'image-not-allowed 1'],
  ['FROM evil.example/python:3', 'image-not-allowed 1'],
  ['FROM $NOTHING', 'image-not-allowed 1'],
  ['FROM python AS redis\nFROM redis:7 AS b\nFROM c', 'image-not-allowed 3'],
  ['FROM python AS "a"', 'dockerfile-unsure 1'],
  ['FROM python AS a b', 'dockerfile-unsure 1'],
  ['FROM --network=host python', 'dockerfile-flag 1'],
  [`${base}ADD http://x/y /z`, 'dockerfile-add 2'],
  [`${base}ADD git@github.com:a/b.git /z`, 'dockerfile-add 2'],
  [`${base}ADD github.com/a/b /z`, 'dockerfile-add 2'],
  [`${base}ADD ["https://x/y", "/z"]`, 'dockerfile-add 2'],
  [`${base}ARG U\nADD $U /z`, 'dockerfile-add 3'],
  [`${base}ADD ht\\\ntp://x/y /z`, 'dockerfile-add 2'],
  [`${base}ADD --keep-git-dir=true a /z`, 'dockerfile-flag 2'],
  [`${base}RUN --security=insecure x`, 'dockerfile-flag 2'],
  [`${base}run --network=host x`, 'dockerfile-flag 2'],
  [`${base}RUN \\\n --net\\\nwork=host x`, 'dockerfile-flag 2'],
  [`${base}RUN --mount=type=ssh x`, 'dockerfile-mount 2'],
  [`${base}RUN --mount=type=secret,id=a x`, 'dockerfile-mount 2'],
  [`${base}RUN --mount=type=cache,from=alpine,target=/c x`, 'image-not-allowed 2'],
  [`${base}RUN --mount=type=cache,id=a x`, 'dockerfile-unsure 2'],
  [`${base}RUN --mount=type=cache,target=/c,env=A x`, 'dockerfile-unsure 2'],
  [`${base}RUN --mount=type=cache,target=$A x`, 'dockerfile-unsure 2'],
  [`${base}RUN --mount=type=secret,id=$A,target=/c x`, 'dockerfile-mount 2'],
  [`${base}RUN --mount=target=/c,type=cache,type=bind x`, 'dockerfile-unsure 2'],
  [`${base}RUN --mount="type=cache,target=/c" x`, 'dockerfile-unsure 2'],
  [`${base}RUN --mount=from=alpine,target=/c x`, 'image-not-allowed 2'],
  [`${base}RUN --mount=from=$A,target=/c x`, 'dockerfile-unsure 2'],
  [`${base}RUN --device=x y`, 'dockerfile-flag 2'],
  [`${base}RUN \u3000--network=host x`, 'dockerfile-unsure 2'],
  [`${base}COPY --from=alpine /a /b`, 'image-not-allowed 2'],
  [`${base}COPY --from=$A /a /b`, 'image-not-allowed 2'],
  [`${base}COPY --fr\\om=alpine /a /b`, 'dockerfile-unsure 2'],
  [`${base}COPY --parents a /b`, 'dockerfile-flag 2'],
  [`${base}VOLUME $A`, 'dockerfile-unsure 2'],
  [`${base}VOLUME ["/a" "/b"]`, 'dockerfile-unsure 2'],
  [`${base}VOLUME ["/a]`, 'dockerfile-unsure 2'],
  [`${base}VOLUME a`, 'dockerfile-unsure 2'],
  [`${base}ONBUILD RUN x`, 'dockerfile-onbuild 2'],
  [`${base}HEALTHCHECK --interval=1ms CMD x`, 'healthcheck 2'],
  [`${base}INCLUDE x`, 'dockerfile-unsure 2'],
  [`${base}\u00a0RUN x`, 'dockerfile-unsure 2'],
  [`${base}RUN x \\\\\nFROM alpine`, 'dockerfile-unsure 2'],
  [`${base}RUN cat <<< x`, 'dockerfile-unsure 2'],
  [`${base}RUN echo "<<EOF"\nFROM alpine\nEOF`, 'dockerfile-unsure 2', 'image-not-allowed 3', 'dockerfile-unsure 4'],
  [`${base}RUN echo ' <<EOF '\nx\nEOF`, 'dockerfile-unsure 2', 'dockerfile-unsure 3', 'dockerfile-unsure 4'],
  [`${base}RUN <<EOF\nx`, 'dockerfile-unsure 2', 'dockerfile-unsure 3'],
  [`${base}RUN <<RUN\nx\nRUN`, 'dockerfile-unsure 2', 'dockerfile-unsure 3'],
  [`${base}RUN <<EOF\nFROM alpine\nRUN x \\\nEOF\n`, 'dockerfile-unsure 2', 'image-not-allowed 3'],
  [`${base}RUN \u0007`, 'dockerfile-characters 2'],
];

test('each refusal of a Dockerfile, with its line', async () => {
  for (const [dockerfile, ...codes] of refusals) {
    const expected = codes.map((code) => `${code.replace(' ', ' app/Dockerfile:')}:1`);
    assert.equal([...new Set(await refused(from(dockerfile)))].sort(), [...new Set(expected)].sort(), JSON.stringify(dockerfile));
  }
});

const builds: readonly (readonly [string, ...string[]])[] = [
  ['https://github.com/a/b.git', 'build-remote 3:12'],
  ['git@github.com:a/b', 'build-remote 3:12'],
  ['docker-image://alpine', 'build-remote 3:12'],
  ['"app#main"', 'build-remote 3:12'],
  ['..', 'path-leaves-folder 3:12'],
  ['/etc', 'path-absolute 3:12'],
  ['gone', 'build-context 3:12'],
  ['app/Dockerfile', 'build-context 3:12'],
  ['{context: app, dockerfile: ../compose.yaml}', 'build-dockerfile 3:39'],
  ['{context: app, dockerfile: ../../x}', 'path-leaves-folder 3:39'],
  ['{context: app, dockerfile: None}', 'build-dockerfile 3:39'],
  ['{context: app, target: two}', 'build-target app/Dockerfile:1:1'],
  ['{context: app, args: {BUILDKIT_SYNTAX: evil}}', 'build.args 3:33'],
  ['{context: app, network: host, ssh: [default]}', 'build.network 3:27', 'build.ssh 3:42'],
  ['{context: app, network: "container:x", privileged: yes}', 'build.network 3:27', 'build.privileged 3:51'],
  ['{context: app, additional_contexts: {python: docker-image://evil}}', 'build.additional_contexts 3:27'],
  ['{context: app, dockerfile: Dockerfile, dockerfile_inline: FROM alpine}', 'invalid 3:70'],
  ['{context: app, dockerfile_inline: FROM alpine}', 'image-not-allowed 1:1'],
];

test('each refusal of a build', async () => {
  for (const [build, ...codes] of builds) assert.equal(await refused(from('FROM python\n', build)), codes, build);
});

test('a Dockerfile that is a link out of the folder, or too large, is not read', async () => {
  const dir = folder({ 'compose.yaml': 'services: {app: {build: .}}' });
  symlinkSync('/etc/hostname', join(dir, 'Dockerfile'));
  const result = await judged({}, dir);
  assert.equal(result.ok || result.refusals.map(({ code }) => code), ['path-leaves-folder']);
  assert.equal(await refused(from(`FROM python\n#${'x'.repeat(70_000)}`)), ['build-dockerfile 3:12']);
});

test.run();
