// time limit: 900 s
// only with test:full
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Gradebook } from '../../src/grade/types.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';

/** The cause of a stack that does not work, found by replacing single parts on a real engine. */

const expected = {
  'localhost-in-conf': ['conf', 'nginx/nginx.conf', 80],
  'container-in-conf': ['conf', 'nginx/nginx.conf', 80],
  'conf-does-not-parse': ['conf', 'nginx/nginx.conf', 80],
  'app-misspelt': ['flask', 'flask/app.py', 80],
  'only-on-loopback': ['flask', 'flask/Dockerfile', 80],
  'redis-with-a-wrong-command': ['redis', 'compose.yaml', 86],
  'flask-on-one-network': ['networks', 'compose.yaml', 88],
} as const;

const test = suite<{ book: Gradebook; out: string; ended: Ended }>('causes');
test.before(async (it) => {
  const dir = folder();
  for (const name of Object.keys(expected)) cpSync(`test/fixtures/class/wrong-${name}`, join(dir, name), { recursive: true });
  it.out = join(folder(), 'out');
  it.ended = await runBin(['grade', dir, '--out', it.out, '--build-network', 'none'], {
    ...process.env,
    LANG: 'C',
    LC_ALL: 'C',
  });
});

// an error in `before` would have no message
test('the class is graded', (it) => {
  assert.is(it.ended.exitCode, 0, it.ended.stderr + it.ended.stdout);
  it.book = JSON.parse(readFileSync(join(it.out, 'grades.json'), 'utf8'));
});

for (const [name, [part, file, points]] of Object.entries(expected))
  test(`${name}: ${part}, in ${file}`, ({ book, out }) => {
    const grade = book.entries.find(({ student }) => student.id === name)?.grade;
    assert.equal([grade?.cause?.part, grade?.cause?.place?.file, grade?.points], [part, file, points], grade?.cause?.text.en);
    assert.ok(grade?.checks.some(({ repaired, outcome }) => repaired && outcome !== 'passed'));
    const page = readFileSync(join(out, 'students', `${name}.html`), 'utf8');
    const english = page.slice(page.indexOf('<article id="en"'));
    const [cause, dependent] = [english.search(/ (?:is|are) the cause: /), english.search(/more checks? depends? on this/)];
    assert.ok(cause > 0 && cause < dependent, 'the cause is first');
  });

test.run();
