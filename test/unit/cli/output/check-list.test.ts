import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { descriptionOf } from '../../../../src/checks/catalogue/entry.ts';
import { catalogue } from '../../../../src/checks/catalogue/index.ts';
import type { Cli } from '../../../../src/cli/context.ts';
import { checkList, checksJson } from '../../../../src/cli/output/check-list.ts';
import { langs } from '../../../../src/lab/text.ts';
import { root } from '../../../../src/platform/package-root.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';

const page = join(root, 'labs/README.md');
const marks = /(?<=^<!-- checks -->\n)[\s\S]*?(?=^<!-- \/checks -->)/m;

test('the section Checks of labs/README.md shows each kind with an example (UPDATE_GOLDEN=1 writes it)', () => {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = checksJson('en').map(({ name, claim, example, ids }) => {
    const named = ids.map((id) => `\`${id}\``).join(', ');
    return `| \`${name}\` | ${cell(claim)} | \`- ${cell(example)}\` | ${named} |`;
  });
  const table = `\n| check | claims | example | its default ID |\n|---|---|---|---|\n${rows.join('\n')}\n\n`;
  const written = readFileSync(page, 'utf8');
  assert.match(written, marks);
  if (process.env.UPDATE_GOLDEN)
    writeFileSync(
      page,
      written.replace(marks, () => table),
    );
  assert.fixture(marks.exec(readFileSync(page, 'utf8'))?.[0] ?? '', table);
});

test('each kind and each parameter has a text in both languages', () => {
  for (const { name, what, params } of catalogue) {
    assertComplete(what, name);
    assert.ok(what['zh-TW'] !== what.en, name);
    for (const [key, schema] of Object.entries(params.shape)) {
      const description = descriptionOf(schema as never);
      assert.ok(description && description.en !== description['zh-TW'], `${name}.${key}`);
      assertComplete(description, `${name}.${key}`);
    }
  }
});

test('the list and the JSON contain each kind, with its parameters and its example', () => {
  const paint = { bold: (text: string) => text, dim: (text: string) => text };
  for (const lang of langs) {
    const text = checkList({ out: { paint }, lang } as unknown as Cli);
    for (const { name, claim, parameters, example, ids } of checksJson(lang)) {
      const lines = [
        `${name}  ${claim}`,
        ...parameters.map((one) => `  ${one.name} `),
        `  - ${example}\n  ID${lang === 'en' ? ': ' : '：'}${ids[0]}`,
      ];
      for (const line of lines) assert.ok(`\n${text}`.includes(`\n${line}`), `${lang}: ${line}`);
    }
  }
  const http = checksJson('en').find(({ name }) => name === 'http');
  assert.equal(http, {
    name: 'http',
    claim: "A page at the stack's published port has a status, and contains a text.",
    parameters: [
      { name: 'path', type: 'text', required: false, default: '/', description: 'the path of the page' },
      { name: 'status', type: 'number', required: false, default: 200, description: 'the HTTP status' },
      { name: 'contains', type: 'text', required: false, default: null, description: 'a part of the text' },
    ],
    short: 'path',
    requires: 'needs `published` of the stack',
    example: 'http: { path: /health, contains: ok }',
    ids: ['page-health-ok'],
  });
});

test.run();
