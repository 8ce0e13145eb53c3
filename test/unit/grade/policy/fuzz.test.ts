import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagesRun } from '../../../../src/grade/policy/images.ts';
import { judgePolicy } from '../../../../src/grade/policy/policy.ts';
import type { NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { fragments } from '../../../fixtures/hostile-fragments.ts';
import { rules } from '../../../fixtures/submission.ts';
import { dice } from '../../../helpers/dice.ts';
import { folder } from '../../../helpers/folder.ts';
import { repeats } from '../../../helpers/repeats.ts';

/** Thousands of broken and hostile files: nothing is thrown, and what is permitted stays in its folder and on the list. */

const listed = new Set(['scratch', ...imagesRun(rules.images)]);
function holds(stack: NormalStack, dockerfile: string): void {
  for (const service of Object.values(stack.services)) {
    const paths = service.mounts.flatMap((mount) => (mount.type === 'bind' ? [mount.source] : []));
    if (service.build) paths.push(service.build.context, service.build.dockerfile);
    for (const path of paths) assert.ok(!path.startsWith('/') && !path.split('/').includes('..') && path !== '', path);
    if (service.image !== undefined) assert.ok(listed.has(service.image), service.image);
    assert.ok((service.image === undefined) !== (service.build === undefined));
    if (!service.build) continue;
    // as builders with and without here-documents would split it
    const text = service.build.dockerfileText;
    const plain = text.replace(/<<-?(["']?)(\w+)\1[^\n]*\n[\s\S]*?^\t*\2$/gm, '');
    const stages = [...plain.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
    const named = [
      ...plain.matchAll(/^FROM (\S+)|^COPY (?:--\S+ )*--from=(\S+)|^RUN (?:--\S+ )*--mount=(?:\S*,)?from=([^,\s]+)/gm),
    ].map(([, ...found]) => found.find(Boolean) ?? '');
    for (const name of named)
      assert.ok(listed.has(name) || stages.includes(name) || /^\d+$/.test(name), `${name} in ${JSON.stringify(dockerfile)}`);
    assert.not.match(plain, /^(?:#(?! escape=`\n)|\s*ADD .*(?:https?:|git@)|RUN --(?:network|security)|ONBUILD)/im);
  }
}

const stack = join(assets, 'compose-scale', 'nginx');
const originals = {
  compose: readFileSync(join(stack, 'compose.yaml'), 'utf8'),
  dockerfile: `ARG V=3\nFROM python:\${V} AS one\nRUN --mount=from=one,target=/x <<EOF\nhello\nEOF\nCOPY --from=nginx a b\n${readFileSync(join(stack, 'flask/Dockerfile'), 'utf8')}`,
};

function spoil(original: string, roll: () => number): string {
  let text = original;
  const pick = (below: number) => Math.floor(roll() * below);
  for (let times = 1 + pick(3); times > 0; times -= 1) {
    const at = pick(text.length);
    const shard = fragments[pick(fragments.length)] ?? '';
    const kind = pick(4);
    if (kind === 0) text = text.slice(0, at) + shard + text.slice(at);
    else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + pick(20));
    else if (kind === 2) text = text.slice(0, at) + shard + text.slice(at + shard.length);
    else {
      const from = pick(text.length);
      text = text.slice(0, at) + text.slice(from, from + pick(60)) + text.slice(at);
    }
  }
  return text;
}

const many = repeats(2000, 150);

test('damaged submissions: each is judged; accepted ones follow the policy', async () => {
  const dir = folder({ 'compose.yaml': '', 'flask/Dockerfile': '', 'nginx/nginx.conf': '' });
  const roll = dice(20_260);
  const counts = { let: 0, refused: 0 };
  for (let at = 0; at < many; at += 1) {
    const compose = at % 2 ? originals.compose : spoil(originals.compose, roll);
    const dockerfile = at % 2 ? spoil(originals.dockerfile, roll) : originals.dockerfile;
    writeFileSync(join(dir, 'compose.yaml'), compose);
    writeFileSync(join(dir, 'flask/Dockerfile'), dockerfile);
    const result = await judgePolicy(dir, 'compose.yaml', rules);
    counts[result.ok ? 'let' : 'refused'] += 1;
    if (result.ok) holds(result.stack, dockerfile);
    else assert.ok(result.refusals.length > 0 && result.refusals.every(({ place }) => (place?.line ?? 1) > 0));
  }
  // both must occur, or the test proves nothing
  assert.ok(counts.let > many / 10 && counts.refused > many / 10, JSON.stringify(counts));
});

test.run();
