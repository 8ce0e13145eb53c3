import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintMarkdown } from '../../../../src/authoring/lint/markdown.ts';
import { buildTutorial } from '../../../../src/authoring/markdown/build-tutorial.ts';
import { readOutline } from '../../../../src/authoring/markdown/sections.ts';
import { LabError } from '../../../../src/lab/error.ts';
import type { Finding } from '../../../../src/lab/finding.ts';
import { edited, inBoth, shownFiles, shownTutorial, translated } from '../../../fixtures/markdown-tutorial.ts';
import { dice } from '../../../helpers/dice.ts';
import { folder } from '../../../helpers/folder.ts';
import { repeats } from '../../../helpers/repeats.ts';

/** Hundreds of broken files (test:full: thousands): each is read or refused, none ends the program or keeps it busy. */
const files = repeats(2000, 200);

/** The longest time that a file may take, in seconds of the processor: a loaded machine changes nothing. */
const most = 4;

const deepMap = Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}a:`).join('\n');
const bomb = ['a: &a [x, x, x, x, x, x, x, x]', ...[...'bcdefghij'].map((key, at) => bombLine(key, 'abcdefghij'[at] ?? ''))].join(
  '\n',
);
function bombLine(key: string, of: string): string {
  return `${key}: &${key} [${Array(9).fill(`*${of}`).join(', ')}]`;
}
const nested = Array.from({ length: 300 }, (_, at) => `${'  '.repeat(at)}- a`).join('\n');
const inCheck = (yaml: string) => `\n\`\`\`yaml check\n${yaml}\n\`\`\`\n`;

/** Parts that break parsers. */
const shards = [
  ...[
    '---\n',
    '```',
    '```yaml check\n',
    '```yaml mistakes\n',
    '~~~',
    '<!--',
    '-->',
    '<!-- id: [ -->',
    '> ',
    '### ',
    '## x\n',
    '# \n',
    '***',
  ],
  ...[
    '[a](%E0%A4%A)',
    '[a](stack/%ff "x")',
    '[a](<stack/a b>)',
    '[a]: stack/compose.yaml',
    '![a](//x)',
    '<http://[>',
    '&#0;',
    '\\',
    '\0',
  ],
  ...[
    '*a',
    '&a',
    '&a *a',
    '!!js/function x',
    '!<x> y',
    '? [a, b]\n: c',
    '<<: *a',
    '|',
    '>-',
    '%YAML 9\n---\n',
    '"',
    "'",
    ': ',
    '\t',
    '{',
    '[',
    ']',
  ],
  ...[
    '__proto__: {a: 1}',
    '- constructor',
    '- toString: x',
    '- not: not',
    '- not: { not: x }',
    'constructor',
    'null',
    '~',
    '.nan',
    '1e999',
  ],
  ...[
    '99999999999999999999999',
    '-1',
    '0x1F',
    '2001-12-14',
    'true',
    '\u202e',
    '\uFEFF',
    '\uD800',
    '\uDC80',
    '👩‍👩‍👧',
    '\r',
    '\r\n',
    '\u2028',
  ],
  ...[
    'says: /(a+)+$/',
    'says: /[/',
    'fails: __proto__',
    'needs: [__proto__]',
    'stack: constructor',
    '`${A}`',
    '$',
    '${',
    '${A:-${B:-',
  ],
  ...[
    inCheck('['.repeat(3000)),
    inCheck('- '.repeat(3000)),
    inCheck(bomb),
    inCheck(deepMap),
    `\n${nested}\n`,
    '['.repeat(3000),
    '[a]('.repeat(1500),
  ],
  ...[
    '*a **b _c '.repeat(500),
    '> '.repeat(300),
    '`'.repeat(1000),
    '<a '.repeat(500),
    `${'a: 1\n'.repeat(300)}`,
    '\n\n'.repeat(500),
    'x'.repeat(9000),
  ],
];

function mutated(original: string, roll: () => number): Buffer {
  const pick = (below: number): number => Math.floor(roll() * below);
  let text = original;
  for (let times = 1 + pick(3); times > 0; times -= 1) {
    const lines = text.split('\n');
    const [one, other] = [pick(lines.length), pick(lines.length)];
    const at = pick(text.length);
    const shard = shards[pick(shards.length)] ?? '';
    const [a = '', b = ''] = [lines[one], lines[other]];
    const kinds = [
      () => text.slice(0, at) + shard + text.slice(at),
      () => text.slice(0, at) + shard + text.slice(at + shard.length),
      () => text.slice(0, at) + text.slice(at + 1 + pick(30)),
      () => text.slice(0, at),
      () => lines.toSpliced(one, 1).join('\n'),
      () => lines.toSpliced(one, 0, ...lines.slice(other, other + 1 + pick(8))).join('\n'),
      () => lines.with(one, b).with(other, a).join('\n'),
      () => lines.with(one, `${' '.repeat(pick(6))}${a}`).join('\n'),
      () => lines.with(one, shard + a).join('\n'),
      () => text.replace(/\d+/, () => '9'.repeat(1 + pick(400))),
    ];
    text = (kinds[pick(kinds.length)] ?? (() => text))();
  }
  const bytes = Buffer.from(text);
  // single bits of the file
  if (pick(3) === 0)
    for (let times = pick(4); times > 0 && bytes.length > 0; times -= 1) flip(bytes, pick(bytes.length), pick(8));
  return bytes;
}
function flip(bytes: Buffer, at: number, bit: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
}

const original = edited(shownTutorial, [inBoth, ['### Start it\n', '### Start it\n\n<!-- id: start-it -->\n']]);
const alternatives = '\n```yaml alternatives\n- id: in-one\n  what: Waited, too\n  run: docker compose up -d --wait\n```\n';

/** One file in seven is read from a folder, with the lint rules of the tutorial and its stack; the others only parsed, because the disk takes longer. */
async function findingsOf(dir: string, main: Buffer, zh: Buffer, isOnDisk: boolean) {
  if (isOnDisk) {
    writeFileSync(join(dir, 'tutorial.md'), main);
    writeFileSync(join(dir, 'tutorial.zh-TW.md'), zh);
    const { tutorial, findings } = await lintMarkdown(dir, dir);
    return { findings, isRead: tutorial !== undefined };
  }
  const findings: Finding[] = [];
  const [own, other] = [
    readOutline(main.toString(), 'tutorial.md', findings),
    readOutline(zh.toString(), 'tutorial.zh-TW.md', findings),
  ];
  return { findings, isRead: buildTutorial(own, { 'zh-TW': other }, dir, findings).tutorial !== undefined };
}

test(`${files} mutated files: each is read or refused, in bounded time`, async () => {
  const dir = folder({ ...shownFiles, 'tutorial.zh-TW.md': translated });
  const roll = dice(13);
  const counts = { clean: 0, reported: 0, refused: 0 };
  for (let at = 0; at < files; at += 1) {
    const isTranslation = at % 4 === 3;
    const main = isTranslation ? Buffer.from(original) : mutated(original + alternatives, roll);
    const zh = isTranslation ? mutated(translated, roll) : Buffer.from(translated);
    const before = process.cpuUsage();
    try {
      const { findings, isRead } = await findingsOf(dir, main, zh, at % 10 < 1 || at % 20 === 7);
      counts[findings.length === 0 ? 'clean' : 'reported'] += 1;
      assert.ok(findings.length > 0 || isRead, `${at}`);
      for (const { where } of findings)
        assert.match(where, /^(?:(?:tutorial(?:\.zh-TW)?\.md|stack\/compose\.yaml):[1-9]\d*:[1-9]\d*|[\w./-]+)$/);
    } catch (error) {
      assert.ok(error instanceof LabError && error.exitCode === 2, `file ${at}: ${(error as Error).stack}`);
      counts.refused += 1;
    }
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1e6 < most, `file ${at} took ${(user + system) / 1e6} s`);
  }
  // both must occur, or the test proves nothing
  assert.ok(counts.clean > files / 20 && counts.reported > files / 4, JSON.stringify(counts));
});

test.run();
