import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classSummary, endedLine } from '../../../../src/cli/output/grade-summary.ts';
import { writeGradebook } from '../../../../src/grade/export/write.ts';
import type { Gradebook } from '../../../../src/grade/types.ts';
import { langs } from '../../../../src/lab/text.ts';
import { gradebook } from '../../../fixtures/gradebook.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';
import { anyUnseen, steering, unseen } from '../../../fixtures/unseen.ts';
import { folder } from '../../../helpers/folder.ts';

/** A class in which every text is hostile, in every written file and on the terminal at the end. */

const kept = new Set(['status', 'outcome', 'tool', 'version', 'tutorial', 'startedAt', 'hash']);
const poisoned = <Value>(value: Value, poison: string): Value => {
  if (typeof value === 'string') return `${poison}${value}${poison}` as Value;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, poison)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, kept.has(key) ? one : poisoned(one, poison)]);
  return Object.fromEntries(entries) as Value;
};
const harmless: Gradebook = { ...gradebook, entries: gradebook.entries.filter(({ student: { id } }) => /^b/.test(id)) };
const poison = poisoned(harmless, steering);
/** One of them has an address to which a mail can be sent. */
const book: Gradebook = {
  ...poison,
  entries: poison.entries.map((entry, at) =>
    at === 0 ? { ...entry, student: { ...entry.student, email: 'ann@school.example' } } : entry,
  ),
};

const written = async (of: Gradebook, lang: (typeof langs)[number]) => {
  const dir = folder();
  await writeGradebook(dir, of, lang, { mailFrom: { name: steering, address: 'ta@school.example' } });
  // the zip file has pages that are also files
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(
    (one) => one.isFile() && !one.name.endsWith('.zip'),
  );
  return files.map((one) => ({ name: one.name, content: readFileSync(join(one.parentPath, one.name)) }));
};
/** Only a byte order mark may begin a file: it is for Excel. */
const bodyOf = (content: Buffer): string =>
  content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');

test('no file of any format contains such a character', async () => {
  for (const lang of langs) {
    const files = await written(book, lang);
    const kinds = new Set(files.map(({ name }) => /\w+$/.exec(name)?.[0]));
    assert.equal([...kinds].sort(), ['csv', 'eml', 'html', 'json', 'md', 'xml']);
    for (const { name, content } of files) {
      const body = bodyOf(content);
      assert.not.match(body, anyUnseen, name);
      assert.ok(!body.includes('\ufffd'), `${name} has what is no text`);
      assert.not.match(name, anyUnseen);
      if (name.endsWith('.eml'))
        assert.not.match(
          Buffer.from(body.split('\n\n')[1] ?? '', 'base64')
            .toString()
            .replaceAll('\r\n', '\n'),
          anyUnseen,
          name,
        );
      if (/^(?:grades|moodle|canvas)\.csv$|\.html$|^junit/.test(name)) assert.match(body, '[U+202E]', name);
    }
  }
});

test('grades.json has the original names, for programs', async () => {
  const content = (await written(book, 'en')).find(({ name }) => name === 'grades.json')?.content ?? Buffer.from('');
  assert.match(content.toString(), '\\u202E');
  const ids = (JSON.parse(content.toString()) as Gradebook).entries.map(({ student }) => student.id);
  assert.equal(
    ids,
    book.entries.map(({ student }) => student.id),
  );
});

test('each code point in a name', async () => {
  const [entry] = harmless.entries;
  assert.ok(entry);
  // in groups: one class for each would take long
  for (let at = 0; at < unseen.length; at += 400) {
    const name = unseen.slice(at, at + 400).join('x');
    const files = await written({ ...harmless, entries: [{ ...entry, student: { id: 'b1', name, email: name } }] }, 'en');
    for (const file of files) assert.not.match(bodyOf(file.content), anyUnseen, file.name);
  }
});

test('the summary on the terminal of the teacher', () => {
  for (const lang of langs)
    for (const options of [{}, { interactive: true, columns: 200 }]) {
      const { screen, text } = fakeScreen(options);
      screen.write(
        classSummary(
          book,
          { unknown: { overrides: [steering], extensions: [steering], times: [steering] } },
          `grades${steering}`,
          { out: screen, lang },
        ),
      );
      for (const { student, grade } of book.entries) screen.write(`${endedLine(student.id, grade, screen, lang)}\n`);
      assert.not.match(text(), anyUnseen);
      assert.match(text(), '[U+202E]');
    }
});

test.run();
