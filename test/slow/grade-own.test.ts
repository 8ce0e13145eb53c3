// time limit: 800 s
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { type GradingEngine, openGrading } from '../../src/docker/embedded/grading-engine.ts';
import { label as standInLabel } from '../../src/docker/embedded/images/recipes.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { findImage } from '../../src/docker/images/ensure-images.ts';
import { standardRubric } from '../../src/grade/rubric/rubric.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { withImageList } from '../fixtures/image-list.ts';
import { runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { openRelay } from '../helpers/relay.ts';
import { journalOf } from '../helpers/small-class.ts';
import { makeTinyImage, removeImages, tinyName } from '../helpers/tiny-image.ts';

/** A teacher's own rubric, with other service names and images. */

const test = suite<{ runs: Engine; grading: GradingEngine }>('custom rubric');

const [ownPython, ownRedis, rebuilt, replaced] = [tinyName(), tinyName(), tinyName(), tinyName()];

test.before(async (it) => {
  it.runs = await readyEngine();
  it.grading = await gradingEngine();
});
test.after(async ({ runs, grading }) => {
  for (const engine of [runs, grading.engine]) {
    await removeImages(engine, [ownPython, ownRedis, rebuilt, replaced]);
    await engine.api.close();
  }
});

type Edit = readonly [from: string, to: string];

function edit(path: string, edits: readonly Edit[]): void {
  const edited = edits.reduce(
    (text, [from, to]) => {
      assert.ok(text.includes(from), `${path} has no ${from}`);
      return text.replaceAll(from, to);
    },
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, edited);
}

function rubricWith(...edits: readonly Edit[]): string {
  const path = join(folder(), 'rubric.yaml');
  writeFileSync(path, withImageList(readFileSync(standardRubric(composeScale), 'utf8')));
  edit(path, edits);
  return path;
}

/** The tutorial's stack, with the service names `web` and `redis`. */
function renamed(): string {
  const dir = join(folder(), 'ann');
  cpSync(join(assets, 'compose-scale/nginx'), dir, { recursive: true });
  edit(join(dir, 'compose.yaml'), [
    ['\n  flask:', '\n  web:'],
    ['[flask]', '[web]'],
    ['redis-server', 'redis'],
  ]);
  edit(join(dir, 'nginx/nginx.conf'), [['flask:5000', 'web:5000']]);
  return dir;
}

const names: readonly Edit[] = [
  ['flask: flask', 'flask: web'],
  ['redis: redis-server', 'redis: redis'],
];
const python = (ref: string): Edit => ["as: 'python:3.13-slim'", `as: '${ref}'`];
const redis = (ref: string): Edit => ["as: 'redis:8.0'", `as: '${ref}'`];

const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };

async function grade(rubric: string) {
  const out = join(folder(), 'out');
  return { out, ...(await runBin(['grade', renamed(), '--rubric', rubric, '--out', out], env)) };
}

const tag = async ({ api }: Engine, from: string, ref: string): Promise<void> => {
  const [repo = '', version = ''] = ref.split(':');
  const ended = await api.stream('POST', `/images/${from}/tag`, { repo, tag: version });
  for await (const _ of ended);
};

test('a right submission with the service names and images of the rubric gets all points', async ({ runs }) => {
  await tag(runs, 'python:3.13-slim', ownPython);
  await tag(runs, 'redis:8.0', ownRedis);
  const { out, ...ended } = await grade(rubricWith(...names, python(ownPython), redis(ownRedis)));
  assert.is(ended.exitCode, 0, ended.stderr + ended.stdout);
  const book: Gradebook = JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));
  assert.equal(
    book.entries.map(({ student, grade: { status, points } }) => [student.id, status, points]),
    [['ann', 'graded', 100]],
  );
  const replaced = book.entries[0]?.grade.notes.filter(({ code }) => code === 'image').map(({ text }) => text.en) ?? [];
  assert.match(replaced.join('\n'), new RegExp(`${ownPython}[\\s\\S]*${ownRedis}`), 'it ran on these images');
});

test('missing images of a rubric are all listed before grading starts, with how to provide them', async () => {
  const [one, other] = [tinyName(), tinyName()];
  const { out, exitCode, stderr } = await grade(rubricWith(python(one), redis(other)));
  assert.is(exitCode, 3, stderr);
  assert.ok(stderr.includes(`the rubric uses images that this engine does not have (\`as:\` ${one}, ${other}): `), stderr);
  assert.match(stderr, /\nhint: .*`lab images load FILE`.*docker build -t labwright-test-/);
  assert.equal(journalOf(out), []);
  assert.not(existsSync(join(out, 'grades.json')));
});

const opening = {
  choice: 'private',
  homes: locateHomes(),
  env: process.env,
  home: homedir(),
  progress: () => {},
  unattended: true,
  signal: new AbortController().signal,
} as const;

test('a loaded real image replaces a stand-in image, and is not replaced itself', async ({ runs, grading }) => {
  await makeTinyImage(grading.engine, replaced, 1000, standInLabel);
  const bring = async () => {
    const { engine } = await openGrading(opening, [replaced]);
    await engine.api.close();
    return (await findImage(grading.engine, replaced))?.id;
  };
  const standIn = (await findImage(grading.engine, replaced))?.id;
  assert.is(await bring(), standIn, 'nothing was loaded yet');
  await makeTinyImage(runs, replaced);
  const real = (await findImage(runs, replaced))?.id;
  assert.is.not(real, standIn);
  assert.is(await bring(), real);
  await makeTinyImage(runs, replaced);
  assert.is(await bring(), real, 'a real image is not replaced');
});

test('a rebuilt image is copied again to the grading engine, also from a Docker at DOCKER_HOST', async ({ runs, grading }) => {
  const seen: string[] = [];
  const relay = await openRelay(runs, {
    breaks: (request) => {
      seen.push(request);
      return false;
    },
  });
  const bring = async (more: NodeJS.ProcessEnv = {}) => {
    await makeTinyImage(runs, rebuilt);
    const { engine } = await openGrading({ ...opening, env: { ...process.env, ...more } }, [], [rebuilt]);
    await engine.api.close();
    const [there, here] = await Promise.all([findImage(runs, rebuilt), findImage(grading.engine, rebuilt)]);
    assert.ok(there);
    assert.is(here?.id, there.id);
    return there.id;
  };
  try {
    assert.is.not(await bring(), await bring());
    assert.equal(seen, []);
    // uses Compose of the private engine, because the machine may have none
    await bring({ ...runs.compose.env, DOCKER_HOST: relay.host });
    assert.ok(
      seen.some((request) => request.includes('/images/get?')),
      `it did not come from that Docker: ${seen.join(', ')}`,
    );
  } finally {
    await relay.close();
  }
});

test('a reference solution that loses points only with this rubric: the error contains the rubric and the cause', async () => {
  const rubric = rubricWith(...names, python('nginx:1.26'));
  const { out, exitCode, stderr } = await grade(rubric);
  assert.is(exitCode, 2, stderr);
  const start = `error E_RUBRIC_INVALID: ${rubric}: the reference solution got `;
  assert.ok(stderr.includes(start), stderr);
  assert.match(stderr, /of 100 points with the images and limits of this rubric, and all points with the standard ones \(.*pip/s);
  assert.match(stderr, /\nhint: compare `images` and `limits` with the standard rubric/);
  assert.not.match(stderr, /machine is at fault/);
  assert.equal(journalOf(out), []);
});

test.run();
