import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTutorial } from '../../../../src/authoring/markdown/build-tutorial.ts';
import { translatedCases } from '../../../../src/authoring/markdown/gate-items.ts';
import { readOutline } from '../../../../src/authoring/markdown/sections.ts';
import { LabError } from '../../../../src/lab/error.ts';
import type { Finding } from '../../../../src/lab/finding.ts';
import type { Scenario } from '../../../../src/lab/gate-case.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { rejection } from '../../../helpers/rejection.ts';

const fence = '```';
const block = (kind: string, content: string) => `${fence}${kind}\n${content}\n${fence}\n`;
const step = (title: string, commands: string, more = '') =>
  [`### ${title}\n`, 'Text.\n', block('sh run', commands), block('yaml check', '- replicas: { of: web, count: 1 }'), more].join(
    '\n',
  );
const hints = block('yaml hints', '- a\n- b');
const front = `---
id: t
languages: [en, zh-TW]
stacks:
  one: { dir: one, services: { web: } }
  two: { dir: two, services: { web: } }
---
`;
const mistake = (after: string) =>
  block(
    'yaml mistakes',
    `- { id: wrong, what: Wrong, after: ${after}, before: echo b, run: echo r, fails: web-has-1-replica, says: x }`,
  );
const source = (after: string) => `${front}# T

## A

${step('First', 'echo 1\necho 2', hints)}
${step('Second', 'echo 3', hints + mistake(after))}

## B
<!-- stack: two -->

${step('Third', 'echo 4', hints)}
`;

function read(main: string, chinese = main) {
  const findings: Finding[] = [];
  const translations = { 'zh-TW': readOutline(chinese, 'tutorial.zh-TW.md', findings) };
  return buildTutorial(readOutline(main, 'tutorial.md', findings), translations, '/t', findings);
}

/** The commands with which a case begins, and those that make its state. */
async function performed(main: string): Promise<string[]> {
  const lines: string[] = [];
  const scenario = { shell: async (line: string) => void lines.push(line) } as unknown as Scenario;
  const [only] = read(main).gate.mistakes;
  await only?.given?.(scenario, async (at) => void lines.push(`${at} passes`));
  lines.push('|');
  await only?.make(scenario);
  return lines;
}

test('a case begins after the commands of the steps that it names and of what they need, each once and passed, then its own', async () => {
  const own = ['echo b', '|', 'echo r'];
  const first = ['echo 1', 'echo 2', 'a/first passes'];
  const second = ['echo 3', 'a/second passes'];
  assert.equal(await performed(source('a/first')), [...first, ...own]);
  assert.equal(await performed(source('a/second')), [...first, ...second, ...own]);
  assert.equal(await performed(source('[a/second, a/first]')), [...first, ...second, ...own]);
  assert.equal(await performed(source('a/second').replace('after:', 'only-after:')), [...second, ...own]);
  assert.equal(await performed(source('[a/second, a/first]').replace('after:', 'only-after:')), [...second, ...first, ...own]);
});

test('a step needs the labs that its lab needs, and what its own settings name instead of the step before it', async () => {
  const labs = (settings: string, after: string) => `${front}# T

## A

${step('First', 'echo 1', hints)}
${step('Second', 'echo 2', hints)}

## Elsewhere
<!-- stack: two -->

${step('Other', 'echo other', hints)}

## C
<!-- needs: [a, elsewhere] -->

${step('Third', 'echo 3', hints)}

### Fourth
${settings}

Text.

${block('sh run', 'echo 4')}
${block('yaml check', '- replicas: { of: web, count: 1 }')}
${hints}${mistake(after)}
`;
  const a = ['echo 1', 'a/first passes', 'echo 2', 'a/second passes'];
  const own = ['echo 4', 'c/fourth passes', 'echo b', '|', 'echo r'];
  assert.equal(await performed(labs('', 'c/fourth')), [...a, 'echo 3', 'c/third passes', ...own]);
  assert.equal(await performed(labs('<!-- needs: [] -->', 'c/fourth')), [...a, ...own]);
});

test('an error says that its command is of `after` or `before`, and not of the case', async () => {
  const [only] = read(source('a/first')).gate.mistakes;
  const failing = (command: string) =>
    ({
      shell: async (line: string) => {
        if (line === command) throw new LabError('E_COMMAND_FAILED', verbatim(line), verbatim('h'));
      },
    }) as unknown as Scenario;
  const said = async (command: string) =>
    (await rejection(Promise.resolve(only?.given?.(failing(command), async () => {})))).message;
  assert.is(await said('echo 2'), 'a command of `after` (a/first) failed: echo 2');
  assert.is(await said('echo b'), 'a command of `before` failed: echo b');
});

test('a case that builds or removes an image has images of its own', () => {
  const builds = (run: string) => read(source('a/first').replace('run: echo r', `run: ${run}`)).gate.mistakes[0]?.builds;
  for (const run of [
    'docker compose build',
    'docker compose up -d --build web',
    'docker compose down --rmi all',
    'docker-compose build web',
    'docker rmi x',
  ])
    assert.is(builds(run), true, run);
  for (const run of ['docker compose up -d', 'docker compose up -d --no-build', 'docker compose exec web build'])
    assert.is(builds(run) ?? false, run.endsWith(' web build'), run);
});

test('a mistake that does nothing, and an edit of a text to the same, are findings at their place', () => {
  const withCase = (item: string) => source('a/first').replace(/\{ id: wrong.*\}/, item);
  const found = (item: string) =>
    read(withCase(item))
      .findings.filter(({ rule }) => rule === 'case-empty' || rule === 'edit-nothing')
      .map(({ where, rule }) => `${where} ${rule}`);
  const end = 'fails: web-has-1-replica, says: x }';
  const line = withCase('here').split('\n').indexOf('- here') + 1;
  assert.equal(
    found(`{ id: wrong, what: Wrong, ${end}`).filter((one) => one.startsWith('tutorial.md')),
    [`tutorial.md:${line}:3 case-empty`],
  );
  const edit = `{ id: wrong, what: Wrong, edits: [{ file: compose.yaml, from: web, to: web }], ${end}`;
  assert.equal(
    found(edit).filter((one) => one.startsWith('tutorial.md')),
    [`tutorial.md:${line}:${edit.indexOf('to: web') + 7} edit-nothing`],
  );
  for (const right of ['after: a/first', 'before: echo', 'run: echo', 'edits: [{ file: compose.yaml, from: web, to: webs }]'])
    assert.equal(found(`{ id: wrong, what: Wrong, ${right}, ${end}`), [], right);
});

test('a step that does not exist, comes later, or acts on another stack is a finding at its place', () => {
  for (const [after, said] of [
    ['a/frist', 'did you mean a/first?'],
    ['b/third', 'write one of: a/first, a/second'],
    ['[a/first, nowhere]', 'write one of: a/first, a/second'],
  ] as const) {
    const main = source(after);
    const [finding, ...others] = read(main).findings;
    assert.equal(others, []);
    assert.is(finding?.rule, 'step-unknown');
    const lines = main.split('\n');
    const line = lines.findIndex((one) => one.includes('id: wrong'));
    const column = (lines[line] ?? '').indexOf(after.replace(/^\[.*, |\]$/g, ''));
    assert.is(finding?.where, `tutorial.md:${line + 1}:${column + 1}`);
    assert.match(finding?.help.en ?? '', said);
  }
});

test('a translation needs only the ID and the sentence of a case, in any order', () => {
  const two = `- { id: wrong, what: Wrong, run: echo r, fails: web-has-1-replica, says: x }
- { id: other, what: Other, run: echo o, fails: web-has-1-replica, says: x }`;
  const main = `${front}# T\n\n## A\n\n${step('First', 'echo 1', hints + block('yaml mistakes', two))}`;
  const chinese = `# 標題\n\n## 單元\n\n${step('第一步', 'echo 1', hints + block('yaml mistakes', '- { id: other, what: 另一個 }\n- { id: wrong, what: 錯 }'))}`;
  const { gate, findings } = read(main.replace('  two: { dir: two, services: { web: } }\n', ''), chinese);
  assert.equal(findings, []);
  assert.equal(
    gate.mistakes.map(({ what }) => what['zh-TW']),
    ['錯', '另一個'],
  );
});

test("a translation's claims are those of the same ID, or of the same place if it names none", () => {
  const checks = (main: boolean) =>
    main
      ? '- replicas: { of: web, count: 1 }\n  claim: it runs\n- healthy: web\n  id: well\n  claim: it is well'
      : '- claim: 在執行\n- id: well\n  claim: 很健康';
  const page = (main: boolean) =>
    `${main ? front : ''}# T\n\n## A\n\n### First\n\nText.\n\n${block('sh run', 'echo 1')}\n${block('yaml check', checks(main))}\n${hints}`;
  const { tutorial, findings } = read(page(true), page(false));
  assert.equal(findings, []);
  assert.equal(
    tutorial?.labs[0]?.steps[0]?.verify.map(({ claim }) => claim),
    [
      { en: 'it runs', 'zh-TW': '在執行' },
      { en: 'it is well', 'zh-TW': '很健康' },
    ],
  );
});

const piece = (value: string) => ({ value, at: { file: 'tutorial.zh-TW.md', line: 1, column: 1 } });

test('a translation names a mistake by its ID, in any order, with nothing but its description', () => {
  const pieces = [piece('- { id: one, what: 一 }\n- { id: two, what: 二, fails: ignored }'), piece('- { id: three, what: 三 }')];
  assert.equal(
    ['two', 'three', 'one', 'four'].map((id) => translatedCases(pieces).get(id)),
    ['二', '三', '一', undefined],
  );
});

test('an item without a description is not a translation', () => {
  assert.is(translatedCases([piece('- { id: one }')]).get('one'), undefined);
  assert.is(translatedCases([]).size, 0);
});

test.run();
