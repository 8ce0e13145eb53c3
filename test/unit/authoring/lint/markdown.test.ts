import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintMarkdown } from '../../../../src/authoring/lint/markdown.ts';
import { brokenTutorials } from '../../../fixtures/broken-tutorials.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { edited, inBoth, shownFiles, shownTutorial, translated } from '../../../fixtures/markdown-tutorial.ts';
import { folder } from '../../../helpers/folder.ts';

/** Lone surrogates stand for single bytes, so that a fixture can contain what is not UTF-8. */
const bytes = (text: string): Buffer =>
  Buffer.concat(
    [...text].map((one) =>
      /[\uDC80-\uDCFF]/.test(one) && one.length === 1 ? Buffer.of(one.charCodeAt(0) - 0xdc00) : Buffer.from(one),
    ),
  );

async function lint(files: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = folder(files);
  for (const [path, text] of Object.entries(files)) if (/[\uDC80-\uDCFF]/.test(text)) writeFileSync(join(dir, path), bytes(text));
  const { findings } = await lintMarkdown(dir, dir);
  for (const { message, help, where } of findings) {
    assertComplete(message, where);
    assertComplete(help, where);
  }
  return findings.map(({ where, rule, message, help }) => `${where} ${rule}: ${message.en} -> ${help.en}`);
}

test('the tutorial of the README has no findings, nor with its translation', async () => {
  assert.equal(await lint(shownFiles), []);
  const both = { ...shownFiles, 'tutorial.md': edited(shownTutorial, [inBoth]), 'tutorial.zh-TW.md': translated };
  assert.equal(await lint(both), []);
});

test('files that an existing stack comes with need not be used; others beside the stacks do', async () => {
  const more = { 'stack/db/add.sql': 'select 1;\n', 'stack/Makefile': 'up:\n', 'stack/.dockerignore': 'dist\n' };
  assert.equal(await lint({ ...shownFiles, ...more }), []);
  assert.equal(await lint({ ...shownFiles, ...more, 'notes.txt': '' }), [
    'notes.txt file-unused: no stack of a lab uses it -> remove it, mount it or add it to `files`',
  ]);
});

for (const { name, files, found } of brokenTutorials) {
  test(`${name} is reported at its place`, async () => {
    const seen = await lint(files);

    assert.equal(seen, found);
  });
}

test.run();
