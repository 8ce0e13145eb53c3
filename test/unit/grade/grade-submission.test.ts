import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { clock } from '../../../src/cli/clock.ts';
import { type BuildNetwork, buildModes } from '../../../src/grade/build-network/build-network.ts';
import { keyOf } from '../../../src/grade/grade-key.ts';
import { gradeOne } from '../../../src/grade/grade-submission.ts';
import { loadRubric, standardRubric } from '../../../src/grade/rubric/rubric.ts';
import { readSources } from '../../../src/grade/similarity/read-sources.ts';
import { refused } from '../../../src/grade/ungraded.ts';
import type { StackSpec } from '../../../src/lab/stack.ts';
import type { Lab } from '../../../src/lab/tutorial.ts';
import { fakeEngine } from '../../helpers/fake-engine.ts';
import { folder } from '../../helpers/folder.ts';

test('a grade depends on the content, the images, the rubric, the version, the network of builds and the answers about roles', () => {
  const given = { rubric: { hash: 'r' }, version: '1', buildNetwork: { mode: 'none' } } as const;
  const key = keyOf('h', [], given, {});
  assert.is(keyOf('h', [], given, {}), key);
  const others = [
    keyOf('i', [], given, {}),
    keyOf('h', [], { ...given, rubric: { hash: 's' } }, {}),
    keyOf('h', [], { ...given, version: '2' }, {}),
    ...buildModes.filter((mode) => mode !== 'none').map((mode) => keyOf('h', [], { ...given, buildNetwork: { mode } }, {})),
    keyOf('h', [], given, { flask: 'web' }),
    keyOf('h', ['sha256:1'], given, {}),
    keyOf('h', [], { ...given, trust: true }, {}),
  ];
  assert.is(new Set([key, ...others]).size, 9);
});

test('each submission that could be unpacked can be read, with the hash of its grade, also a refused one and one whose grade is known', async () => {
  const { engine, close } = await fakeEngine((request) => ({
    lines: [request.startsWith('GET /volumes') ? { Volumes: null } : []],
  }));
  try {
    const [tutorial] = tutorials;
    if (!tutorial) throw new Error('no tutorial');
    const signal = new AbortController().signal;
    const rubric = await loadRubric(standardRubric(tutorial), tutorial, signal);
    const [state, seen] = [folder(), [] as string[]];
    const options = {
      ...{ engine, homes: { state, cache: state }, rubric, clock, version: '1', proberImage: 'x' },
      ...{
        lab: tutorial.labs[0] as Lab,
        spec: Object.values(tutorial.stacks)[0] as StackSpec,
        nonce: () => 'n',
        runId: () => 'run1',
      },
      images: { get: async () => ({ ok: true }) as const, identify: async (ref: string) => ref },
      buildNetwork: { mode: 'none' } as BuildNetwork,
      onUnpacked: ({ dir, hash }: { dir: string; hash: string }) => {
        seen.push(`${hash} ${readSources(dir).files.map(({ path }) => path)}`);
      },
    };
    const graded = async (files: Readonly<Record<string, string>>) =>
      gradeOne(folder(files), options, signal, async () => refused(rubric, []));
    const fine = await graded({ 'compose.yaml': 'services: { a: { image: nginx } }', 'app.py': 'x' });
    const forbidden = await graded({ 'compose.yaml': 'services: { a: { image: nginx, privileged: true } }' });
    await graded({ 'notes.zip': 'no zip' });
    assert.equal(seen, [`${fine.hash} app.py,compose.yaml`, `${forbidden.hash} compose.yaml`]);
  } finally {
    await close();
  }
});

test.run();
