// time limit: 1200 s
// only with test:full
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openGrading } from '../../src/docker/embedded/grading-engine.ts';
import { mirrorsOf } from '../../src/docker/images/registry-look.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';
import { runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { type OwnGrading, onOwnGrading } from '../helpers/own-grading.ts';
import { startRegistry, type TestRegistry } from '../helpers/registry.ts';
import { addSubmission } from '../helpers/small-class.ts';

/** Images that submissions name, from a registry on loopback in place of Docker Hub. */

const alpine = 'python:3.12-alpine';
const valkey = 'valkey/valkey:8';

const docker = ({ docker: env }: OwnGrading, args: readonly string[], input?: string): string =>
  execFileSync('docker', args, { env, encoding: 'utf8', ...(input === undefined ? {} : { input }) });

/** Pushes images to the registry under these names. They are no stand-ins: built of all files of one, without its label. */
function fill(own: OwnGrading, { host }: TestRegistry): void {
  const settings = 'ENV FLASK_RUN_HOST=0.0.0.0\nCMD ["python3"]';
  const apk = 'RUN printf "#!/bin/sh\\nexit 0\\n" >/sbin/apk && chmod 755 /sbin/apk';
  const store = 'VOLUME /data\nWORKDIR /data\nENTRYPOINT ["docker-entrypoint.sh"]\nEXPOSE 6379\nCMD ["redis-server"]';
  const images = [
    [alpine, `FROM scratch\nCOPY --from=python:3.13-slim / /\n${apk}\n${settings}\n`],
    [valkey, `FROM scratch\nCOPY --from=redis:8.0 / /\n${store}\n`],
    ['nicolaka/netshoot:v1', 'FROM scratch\nCOPY --from=nicolaka/netshoot:v0.13 / /\n'],
  ] as const;
  for (const [name, dockerfile] of images) {
    const path = name.includes('/') ? name : `library/${name}`;
    docker(own, ['build', '--network', 'none', '-t', `${host}/${path}`, '-'], dockerfile);
    docker(own, ['push', `${host}/${path}`]);
    docker(own, ['image', 'rm', `${host}/${path}`]);
  }
}

const has = (own: OwnGrading, ref: string): boolean => docker(own, ['image', 'ls', '-q', ref]) !== '';

const signal = new AbortController().signal;
const openOn = async ({ homes }: OwnGrading, mirror?: string) => {
  const opening = {
    choice: 'private',
    homes,
    env: process.env,
    home: homedir(),
    progress: () => {},
    unattended: true,
    signal,
  } as const;
  return openGrading(opening, await requiredImages(join(assets, 'compose-scale')), [], mirror);
};

const submissions = folder();
const addApk = 'FROM python:3.12-alpine\nRUN apk add --no-cache gcc musl-dev linux-headers';
addSubmission(submissions, 'apk', ['flask/Dockerfile', 'FROM python:3.13-slim', addApk]);
addSubmission(submissions, 'store', ['compose.yaml', 'image: redis:8.0', `image: ${valkey}`]);
addSubmission(submissions, 'gone', ['compose.yaml', 'image: nginx:1.26', 'image: haproxy:3.99']);

async function grade(own: OwnGrading, out: string, ...more: string[]) {
  const { exitCode, stdout, stderr } = await runBin(['grade', submissions, '--out', out, '--jobs', '3', ...more], own.env);
  assert.is(exitCode, 3, stdout + stderr);
  const { entries }: Gradebook = JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));
  const of = (id: string) => {
    const grade = entries.find(({ student }) => student.id === id)?.grade;
    const notes = grade?.notes.filter(({ code }) => code === 'image').map(({ text }) => text.en) ?? [];
    return { status: grade?.status, points: grade?.points, review: grade?.review?.en ?? '', notes };
  };
  return { of, stderr };
}

test('images are pulled from a mirror as named, once, within bounds; stand-ins run where no registry answers', () =>
  onOwnGrading(async (own) => {
    const out = join(folder(), 'out');
    const before = await grade(own, out);
    assert.match(before.stderr, /\nImages: those on this machine, else stand-ins; no registry answers \(docker\.io: .+\)\n/);
    const lacking = before.of('apk');
    assert.equal([lacking.status, lacking.points], ['review', null]);
    assert.match(
      lacking.review,
      /"python:3\.13-slim" is used in place of "python:3\.12-alpine", and has no `apk`\. No registry answers: load /,
    );
    const like = before.of('store');
    assert.equal([like.status, like.points], ['graded', 100], like.review);
    assert.match(like.notes.join('\n'), /"redis:8\.0" is used instead of "valkey\/valkey:8", which this machine does not have/);
    assert.match(before.of('gone').review, /^The image "haproxy:3\.99" is not available: docker\.io can't be reached/);
    assert.is(before.of('gone').status, 'review');

    const registry = await startRegistry();
    const mirror = `http://${registry.host}`;
    try {
      fill(own, registry);
      assert.not(has(own, alpine));
      const after = await grade(own, out, '--registry-mirror', mirror);
      assert.match(after.stderr, new RegExp(`\\nImages: as named, from ${mirror}/?\\n`));
      for (const id of ['apk', 'store']) {
        const { status, points, review, notes } = after.of(id);
        assert.equal([id, status, points, notes], [id, 'graded', 100, []], review);
      }
      assert.match(after.of('gone').review, /^The image "haproxy:3\.99" is not available: .*docker\.io.*`lab images load FILE`/);
      assert.ok(has(own, alpine) && has(own, valkey));
      await onMirror(own, mirror, registry);
    } finally {
      await registry.close();
    }

    const { engine, look, named } = await openOn(own);
    assert.equal([look.answers, await mirrorsOf(engine)], [false, []], 'the next class has no mirror');
    assert.equal(await named.get(alpine), { ok: true }, 'and has the images of the class before');
    await engine.api.close();
  }));

/** What a class sees of the images that it names, one by one. */
async function onMirror(own: OwnGrading, mirror: string, { host }: TestRegistry): Promise<void> {
  const { engine, look, named } = await openOn(own, mirror);
  try {
    assert.ok(look.answers);
    const ref = 'nicolaka/netshoot:v1';
    assert.equal(await Promise.all([named.get(ref), named.get(ref)]), [{ ok: true }, { ok: true }]);
    const id = await named.identify(ref);
    assert.match(id, /^sha256:/);
    const manifest = await fetch(`http://${host}/v2/nicolaka/netshoot/manifests/v1`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json' },
    });
    await manifest.body?.cancel();
    const pinned = `nicolaka/netshoot:v9@${manifest.headers.get('docker-content-digest')}`;
    assert.equal([await named.get(pinned), await named.identify(pinned)], [{ ok: true }, id]);
    // a build has no network, and finds an image that is pinned to a digest on the engine
    docker(own, ['build', '--network', 'none', '-t', 'pinned:1', '-'], `FROM ${pinned}\nRUN true\n`);
    docker(own, ['image', 'rm', 'pinned:1']);
    assert.equal(
      await named.identify('python:3.13-slim').then((hash) => /^[0-9a-f]{16}$/.test(hash)),
      true,
      'of a stand-in: its recipe',
    );
  } finally {
    await engine.api.close();
  }
}

test.run();
