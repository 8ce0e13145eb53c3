import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { readCheckItems } from '../../../../src/authoring/markdown/check-items.ts';
import { editorSchemas } from '../../../../src/authoring/markdown/schemas.ts';
import { catalogue } from '../../../../src/checks/catalogue/index.ts';
import type { Finding } from '../../../../src/lab/finding.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { shownTutorial } from '../../../fixtures/markdown-tutorial.ts';

const dir = join(assets, 'schemas');
const schemas = editorSchemas();

for (const [name, schema] of Object.entries(schemas)) {
  test(`${name} in assets is the one generated (UPDATE_GOLDEN=1 writes it)`, () => {
    const generated = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, name), generated);
    }
    assert.fixture(readFileSync(join(dir, name), 'utf8'), generated);
  });
}

test('assets/schemas has no other files', () => assert.equal(readdirSync(dir).sort(), Object.keys(schemas).sort()));

const ajv = new Ajv2020({ allErrors: true, validateFormats: false });
const accepts = (name: string) => {
  const validate = ajv.compile(schemas[name] ?? {});
  return (yaml: string): boolean => validate(parse(yaml));
};
const checks = accepts('tutorial-checks.json');

/** Whether the parser accepts an item; the schema has to agree. */
function parsed(yaml: string): boolean {
  const findings: Finding[] = [];
  readCheckItems([{ value: yaml, at: { file: 'tutorial.md', line: 1, column: 1 } }], findings);
  return findings.length === 0;
}

for (const { name, example } of catalogue) {
  test(`the example of ${name} is valid, alone, as its opposite, and with settings`, () => {
    const bare = /^[a-z-]+$/.test(example);
    const of = bare ? `${example}:` : example;
    for (const yaml of [
      `- ${example}`,
      `- not: { ${of} }`,
      `- ${of}\n  id: own\n  claim: it is so\n  try: do it\n  needs: [other]`,
    ])
      assert.equal([checks(yaml), parsed(yaml)], [true, true], yaml);
    assert.ok(example.startsWith(name), example);
  });
  test(`${name} with an unknown parameter, or beside another kind, is refused`, () => {
    for (const yaml of [
      `- ${name}: { surprise: 1 }`,
      `- { ${name}: { of: web, count: 1 }, ${name === 'dns' ? 'pings' : 'dns'}: { of: web, count: 1 } }`,
    ])
      assert.equal([checks(yaml), parsed(yaml)], [false, false], yaml);
  });
}

test('short forms: a word, a plain value, a list', () => {
  const forms = [
    ...[
      'stopped',
      'http',
      'removed',
      'removed: true',
      'healthy: db',
      'http: /health',
      'unpublished: web',
      'unpublished: [web, db]',
    ],
    ...['not: stopped', 'not: { healthy: db }', 'file: backup.sql', 'network-remains:', 'hostnames: web'],
  ];
  for (const form of forms) assert.equal([checks(`- ${form}`), parsed(`- ${form}`)], [true, true], form);
});

test('what the parser refuses, the schema refuses', () => {
  const forms = [
    ...[
      'healthy',
      'replicas',
      'replicas: web',
      'replicas: { of: web, count: 1.5 }',
      'healthy: 5',
      'healthy:',
      'not: healthy',
      'not:',
    ],
    ...[
      'not: { stopped: , healthy: db }',
      'replica: { of: web, count: 1 }',
      'http: health',
      'claim: it is so',
      '5',
      'stopped: 5',
    ],
  ];
  for (const form of forms) assert.equal([checks(`- ${form}`), parsed(`- ${form}`)], [false, false], form);
  assert.not.ok(checks('healthy: db'));
});

test('the front matter and the mistakes of the tutorial in the README are valid; with a misspelled key they are not', () => {
  const front = /^---\n([\s\S]*?)^---$/m.exec(shownTutorial)?.[1] ?? '';
  const mistakes = /^```yaml mistakes\n([\s\S]*?)^```$/m.exec(shownTutorial)?.[1] ?? '';
  for (const [name, yaml, key] of [
    ['tutorial-front-matter.json', front, 'dir'],
    ['tutorial-mistakes.json', mistakes, 'says'],
  ] as const) {
    const valid = accepts(name);
    assert.ok(yaml.includes(`${key}:`), yaml);
    assert.equal([valid(yaml), valid(yaml.replace(`${key}:`, `${key}s:`))], [true, false], name);
  }
});

test.run();
