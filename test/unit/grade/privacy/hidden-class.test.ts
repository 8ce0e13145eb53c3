import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { writeGradebook } from '../../../../src/grade/export/write.ts';
import { gradeClass } from '../../../../src/grade/grade-class.ts';
import { openJournal } from '../../../../src/grade/journal.ts';
import { type ClassToGrade, loadClass } from '../../../../src/grade/load-class.ts';
import { writeIdentities, writeLmsFiles } from '../../../../src/grade/privacy/identities.ts';
import { openKey } from '../../../../src/grade/privacy/key-file.ts';
import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text } from '../../../../src/lab/text.ts';
import { numberedIds } from '../../../../src/platform/ids.ts';
import { gradebook } from '../../../fixtures/gradebook.ts';
import { gradedCheck } from '../../../fixtures/graded.ts';
import { fakeEngine } from '../../../helpers/fake-engine.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Whatever identifies a student of the class, in the words that the tests search for. */
const canaries = [
  'b10902001',
  'canaryann',
  'canary ann',
  'ann.canary',
  '金絲雀',
  'b10902003',
  'quiet.one',
  'canarybob',
  'stray-canary',
];
const roster = `id,name,email
b10902001,Canary Ann,ann.canary@uni.example
canarybob,金絲雀,bob@uni.example
b10902003,Quiet One,quiet.one@uni.example
`;
/** Submissions that are refused before an engine is needed, with a student's name in a path. */
const submissions = {
  'subs/b10902001/a/Canary Ann/compose.yaml': 'services: {}',
  'subs/canarybob/x/y/canarybob-compose.yaml': 'services: {}',
  'subs/stray-canary.docx': 'x',
};

interface Made {
  readonly dir: string;
  readonly out: string;
  readonly graded: ClassToGrade;
  readonly key: string;
}

async function load(
  files: Readonly<Record<string, string>> = {},
  at = folder({ ...submissions, 'class.csv': roster, ...files }),
): Promise<Made> {
  const out = join(at, 'grades');
  mkdirSync(join(at, 'private'), { recursive: true });
  const key = await openKey(join(at, 'private', 'key'), out);
  const graded = await loadClass({
    tutorial: composeScale,
    roster: join(at, 'class.csv'),
    paths: [join(at, 'subs')],
    faults: async () => [],
    out,
    key,
    signal: new AbortController().signal,
  });
  return { dir: at, out, graded, key: key.path };
}

/** Each file below a folder, with its contents; names count as contents. */
const everything = (dir: string): string =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .map((entry) => `${entry.name}\n${entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'utf8') : ''}`)
    .join('\n');

function assertHidden(written: string): void {
  const low = written.toLowerCase();
  for (const canary of canaries)
    assert.not.ok(
      low.includes(canary),
      `${canary}: ${low.slice(Math.max(0, low.indexOf(canary) - 80), low.indexOf(canary) + 40)}`,
    );
}

/** Grades a class as far as that needs no engine: an engine of which nothing is asked but lists. */
async function grade({ graded, out }: Made, state: string, shown: string[]): Promise<readonly Omit<Entry, 'overrides'>[]> {
  const fake = await fakeEngine((request) => ({ lines: [request.includes('/volumes') ? { Volumes: null } : []] }));
  const journal = await openJournal(out, graded.kept, graded.hidden?.fingerprint);
  try {
    return await gradeClass({
      engine: fake.engine,
      images: { get: async () => ({ ok: true }), identify: async () => '' },
      homes: { state, cache: join(state, 'cache') },
      lab: graded.lab,
      spec: graded.stack,
      rubric: graded.rubric,
      proberImage: 'x',
      buildNetwork: { mode: 'none' } as never,
      version: '1',
      clock: { now: () => performance.now(), time: () => '2026-11-22T08:30:00.000Z' } as never,
      nonce: () => 'n',
      runId: numberedIds(4, ''),
      found: graded.submissions.found,
      roles: graded.roles,
      ...(graded.hidden ? { hide: graded.hidden.hide } : {}),
      jobs: 1,
      journal,
      controls: [],
      signal: new AbortController().signal,
      onProgress: (progress) => shown.push(JSON.stringify(progress)),
    });
  } finally {
    await journal.close();
    await fake.close();
  }
}

test('a grading leaves no name of a student in the journal, the progress, the grades and the state folder', async () => {
  const made = await load();
  const state = folder();
  const shown: string[] = [];
  const entries = await grade(made, state, shown);
  assert.equal(
    entries.map(({ grade: { status } }) => status),
    ['refused', 'refused'],
  );
  // the texts name the students' files, so there was something to hide
  const place = entries.flatMap(({ grade: { refusals } }) => refusals.map((one) => one.place?.file ?? ''));
  assert.match(place.join(), /a\/s-\w+\/compose\.yaml/);
  assertHidden(JSON.stringify(entries));
  assertHidden(shown.join());
  assertHidden(everything(made.out));
  assertHidden(everything(state));
  assert.match(readFileSync(join(made.out, 'journal.ndjson'), 'utf8'), /"status":"refused"/);
});

test('without pseudonyms the same grading names them: the search finds what it searches for', async () => {
  const made = await load();
  const { hidden: _, ...open } = made.graded;
  const real = await loadClass({
    tutorial: composeScale,
    paths: [join(made.dir, 'subs')],
    faults: async () => [],
    out: made.out,
    signal: new AbortController().signal,
  });
  const state = folder();
  await grade({ ...made, graded: { ...open, submissions: real.submissions } }, state, []);
  assert.match(readFileSync(join(made.out, 'journal.ndjson'), 'utf8'), 'Canary Ann');
  assertHidden(everything(state));
});

/** A grade in which the student's name is in every text. */
const talking = (entry: Entry, word: string): Entry => ({
  ...entry,
  images: [`ghcr.io/${word}/app sha256:1`],
  grade: {
    ...entry.grade,
    status: 'graded',
    points: 0,
    refusals: [],
    notes: [
      { code: 'role', service: `${word}-web`, place: { file: `${word}/compose.yaml` }, text: text(`of ${word}`, `${word}的`) },
    ],
    checks: [
      gradedCheck('up/one', {
        outcome: 'failed',
        points: 0,
        expected: text(`1 of ${word}`, `1 個${word}`),
        actual: text(word, word),
        help: text(word, word),
        said: { service: word, lines: [`Hello from ${word}`] },
        places: [{ file: `src/${word}.py`, line: 1 }],
        spread: { bars: [{ label: word, count: 1 }] },
      }),
    ],
  },
});

async function written(made: Made): Promise<Gradebook> {
  const { graded } = made;
  const { hidden } = graded;
  assert.ok(hidden);
  const entries = [
    ...graded.submissions.found,
    ...graded.submissions.missing.map((student) => ({ student, source: '', path: '' })),
  ];
  const words = ['Canary Ann', '金絲雀', 'quiet.one@uni.example'];
  const all = entries.map(
    ({ student, source }, at): Entry =>
      talking(
        {
          student,
          source,
          hash: 'a'.repeat(64),
          grade: gradebook.entries[0]?.grade as Entry['grade'],
          overrides: graded.overrides.filter((one) => one.student === student.id),
        },
        words[at] ?? '',
      ),
  );
  const book: Gradebook = {
    ...gradebook,
    rubric: { ...gradebook.rubric, max: 10 },
    pseudonyms: hidden.fingerprint,
    entries: hidden.hide(all),
    leftOut: graded.submissions.leftOut,
  };
  await writeGradebook(made.out, book, 'en');
  return book;
}

test('all output files have pseudonyms, in names, ids and texts; the files of an LMS are not there', async () => {
  const made = await load();
  const book = await written(made);
  assertHidden(everything(made.out));
  const names = readdirSync(made.out);
  assert.not.ok(names.includes('canvas.csv') || names.includes('moodle.csv'));
  assert.equal(readdirSync(join(made.out, 'students')).sort(), book.entries.map(({ student }) => `${student.id}.html`).sort());
  assert.match(readFileSync(join(made.out, 'index.html'), 'utf8'), /f-[2-9a-z]{6}\.docx/);
});

test('overrides.csv, requests.csv and roles.csv can have pseudonyms or real IDs, with the same mistakes', async () => {
  const made = await load();
  const [ann, bob] = made.graded.submissions.found.map(({ student }) => student.id);
  const files = {
    'grades/overrides.csv': `student,check,points,reason\nb10902001,,5,Canary Ann was ill\n${bob},,6,x\neve,,1,x\n`,
    'grades/requests.csv': 'student,check,reason,decision,answer\nb10902001,,I am Canary Ann,,\n',
    'grades/roles.csv': 'student,role,service\nb10902001,flask,web\nb10902001/fault-2,flask,web\n',
  };
  const { graded } = await load(files);
  // another key: other pseudonyms, so only the form of the unknown one is known
  assert.match(graded.overrides.map(({ student }) => student).join(), /^s-\w{6},s-\w{6},s-\w{6}$/);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made.dir, path)), { recursive: true });
    writeFileSync(join(made.dir, path), content);
  }
  const again = await load({}, made.dir);
  assert.equal(
    again.graded.overrides.slice(0, 2).map(({ student }) => student),
    [ann, bob],
  );
  assert.equal(again.graded.requests[0]?.student, ann);
  assert.equal([...again.graded.roles.keys()], [ann, `${ann}/fault-2`]);
  await written(again);
  const { hidden: _, ...rest } = again.graded;
  assert.ok(rest);
  for (const name of Object.keys(files)) writeFileSync(join(made.dir, name), '');
  assertHidden(everything(made.out));
  writeFileSync(join(made.dir, 'grades/overrides.csv'), `student,check,points,reason\nb10902001,,5,x\n${ann},,6,x\n`);
  const error = await rejection(load({}, made.dir));
  assert.match(error.text.en, /overrides\.csv:3: line 2 is about the same already/);
});

test('identities.csv and the files of an LMS are beside the key, for the owner only, and keep earlier classes', async () => {
  const made = await load();
  const { graded, key, out } = made;
  const { hidden } = graded;
  assert.ok(hidden);
  const earlier = { pseudonym: 's-bbbbbb', student: { id: '=old', name: 'Old, One' }, source: 'old' };
  await writeIdentities(key, [earlier]);
  const file = await writeIdentities(key, hidden.identities);
  assert.is(file, join(dirname(key), 'identities.csv'));
  const table = readFileSync(file, 'utf8');
  for (const part of [
    's-bbbbbb,\'=old,"Old, One",,old',
    'b10902001,Canary Ann,ann.canary@uni.example',
    'stray-canary.docx',
    'b10902003,Quiet One',
  ])
    assert.ok(table.includes(part), part);
  await writeIdentities(key, hidden.identities);
  assert.is(readFileSync(file, 'utf8'), table, 'the same class again');
  const lms = await writeLmsFiles(key, out, await written(made), hidden.identities, 'en');
  assert.equal(
    lms.map((path) => basename(path).replace(/-[0-9a-f]{8}\.csv$/, '')),
    ['canvas-grades', 'moodle-grades'],
  );
  for (const path of [file, ...lms]) {
    assert.is(statSync(path).mode & 0o777, 0o600, path);
    assert.match(readFileSync(path, 'utf8'), 'Canary Ann');
  }
});

test('a file beside the key that is not such a table is not overwritten', async () => {
  const { key, graded } = await load();
  const file = join(dirname(key), 'identities.csv');
  writeFileSync(file, 'id,what\n1,2\n');
  const error = await rejection(writeIdentities(key, graded.hidden?.identities ?? []));
  assert.is(error.code, 'E_USAGE');
  assert.is(readFileSync(file, 'utf8'), 'id,what\n1,2\n');
});

test('a folder with real IDs is not continued with pseudonyms, nor the other way round, nor with another key', async () => {
  const dir = folder();
  const refusal = async (pseudonyms?: string) => {
    const error = await rejection(openJournal(dir, undefined, pseudonyms));
    assert.is(error.code, 'E_USAGE');
    return error.text.en;
  };
  await (await openJournal(dir, undefined, 'key1')).close();
  assert.match(await refusal(), /have pseudonyms$/);
  assert.match(await refusal('key2'), /of another key file$/);
  await (await openJournal(dir, undefined, 'key1')).close();
  const real = folder();
  await (await openJournal(real)).close();
  assert.match((await rejection(openJournal(real, undefined, 'key1'))).text.en, /have real IDs/);
});

test('a first line that a crash cut is written again', async () => {
  for (const cut of [10, 41, 45, 60]) {
    const dir = folder();
    await (await openJournal(dir, undefined, 'abcdefgh')).close();
    const file = join(dir, 'journal.ndjson');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, cut));
    await (await openJournal(dir, undefined, 'abcdefgh')).close();
    assert.is(readFileSync(file, 'utf8'), whole, String(cut));
  }
});

test('errors during a grading have no names either: known ones keep their code, others their stack', async () => {
  const { graded } = await load();
  const { hidden } = graded;
  assert.ok(hidden);
  const known = hidden.hideError(
    new LabError('E_STATE', text('file of Canary Ann', 'Canary Ann 的檔案'), text('see canarybob', '看 canarybob')),
  );
  assert.ok(known instanceof LabError && known.code === 'E_STATE');
  assertHidden(`${known.text.en}${known.text['zh-TW']}${known.hint.en}`);
  const bug = hidden.hideError(Object.assign(new TypeError('no /subs/b10902001/x'), { code: 'X' }));
  assert.ok(bug instanceof Error && bug.name === 'TypeError');
  assertHidden(`${bug.message}${bug.stack}`);
  assert.match(bug.stack ?? '', 'hidden-class.test');
  const aborted = new DOMException('stop', 'AbortError');
  assert.is(hidden.hideError(aborted), aborted);
});

test.run();
