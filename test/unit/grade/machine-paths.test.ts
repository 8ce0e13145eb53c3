import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../../../src/grade/export/formats.ts';
import { reportedPath, withoutMachinePaths } from '../../../src/grade/machine-paths.ts';
import type { Rubric } from '../../../src/grade/rubric/rubric.ts';
import type { Grade } from '../../../src/grade/types.ts';
import { unjudged } from '../../../src/grade/ungraded.ts';
import { LabError } from '../../../src/lab/error.ts';
import { langs, verbatim } from '../../../src/lab/text.ts';
import { root } from '../../../src/platform/package-root.ts';
import { classroom50 } from '../../fixtures/classroom50.ts';
import { entries, gradebook } from '../../fixtures/gradebook.ts';

const state = '/root/.local/state/labwright';
const run = `${state}/runs/4f2a`;
const places = {
  files: [`${state}/engine/disks/4f2a`, `${run}/files`],
  project: 'labwright-4f2a-nginx',
  machine: [run, state, root],
};
const shown = (words: string): string => withoutMachinePaths(words, places);

test("a file of the submission has its path below the submission's folder, wherever the grader puts it", () => {
  for (const at of places.files) {
    assert.is(shown(`error mounting "${at}/nginx/nginx.conf" to rootfs`), 'error mounting "nginx/nginx.conf" to rootfs');
    assert.is(shown(`another folder: ${at}`), 'another folder: .');
    assert.is(shown(`validating ${at}/compose.yaml: wrong`), 'validating compose.yaml: wrong');
    assert.is(shown(`另一個資料夾：${at}/logs，不是`), '另一個資料夾：logs，不是');
  }
});

test("volumes, containers and networks have the names of the submission's Compose file", () => {
  assert.is(shown(`a volume (${state}/engine/volumes/labwright-4f2a-nginx_logs/_data)`), 'a volume (logs)');
  assert.is(shown('a volume (/var/lib/docker/volumes/labwright-4f2a-nginx_logs/_data)'), 'a volume (logs)');
  assert.is(shown('container labwright-4f2a-nginx-flask-1 is unhealthy'), 'container flask-1 is unhealthy');
  assert.is(shown('network labwright-4f2a-nginx_backend not found'), 'network backend not found');
});

test('other texts, and paths inside a container, are unchanged', () => {
  for (const words of [
    '/etc/nginx/conf.d/default.conf',
    `${run}/files-of-mine/x`.replace(run, '/srv'),
    'http://flask:5000/volumes/x',
    'labwright',
  ])
    assert.is(shown(words), words);
});

test('a path as it is reported: as it was named, but never an absolute one', () => {
  assert.is(reportedPath('../class/ann'), '../class/ann');
  assert.is(reportedPath('/home/teacher/class/ann.zip'), 'ann.zip');
  assert.is(reportedPath(join(root, 'labs/x/rubric.yaml')), 'labs/x/rubric.yaml');
  assert.is(reportedPath(''), '');
});

test('no path of the grading machine is in any output format', () => {
  const leak = `"${run}/files/nginx/nginx.conf", ${state}/engine/disks/4f2a/x, ${state}/engine/volumes/labwright-4f2a-nginx_l/_data, ${join(root, 'src/x.ts')}:3`;
  const leaking = <Value>(value: Value, key = ''): Value => {
    if (typeof value === 'string')
      return (['en', 'zh-TW', 'lines', 'service'].includes(key) ? `${value} ${leak}` : value) as Value;
    if (Array.isArray(value)) return value.map((one) => leaking(one, key)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, leaking(one, name)])) as Value;
  };
  const dirty = Object.values(entries)
    .filter(({ student }) => /^b/.test(student.id))
    .map((entry) => ({ ...entry, grade: leaking<Grade>(entry.grade) }));
  const all = (book: typeof gradebook): Map<string, string> => {
    const files = langs.flatMap((lang) =>
      filesOf(book, lang, { mailFrom: { address: 'ta@school.example' }, classroom50: classroom50.run }),
    );
    return new Map(
      files.map(({ path, parts }, at) => {
        const content = [...parts()].join('');
        return [
          `${at} ${path}`,
          path.endsWith('.eml') ? Buffer.from(content.split('\r\n\r\n')[1] ?? '', 'base64').toString() : content,
        ];
      }),
    );
  };
  const absolute = [state, root, '4f2a'];
  const before = all({ ...gradebook, entries: dirty });
  const kinds = (contents: Map<string, string>) =>
    new Set(
      [...contents]
        .filter(([, text]) => absolute.some((path) => text.includes(path)))
        .map(([name]) => /\.(\w+)$/.exec(name)?.[1]),
    );
  assert.equal([...kinds(before)].sort(), ['csv', 'eml', 'html', 'json', 'md', 'xml'], 'each format has texts of the grades');
  const clean = dirty.map((entry) => ({ ...entry, grade: withoutMachinePaths(entry.grade, places) }));
  const after = all({ ...gradebook, entries: clean });
  assert.equal([...kinds(after)], []);
});

test('an error of the machine, and an internal one, name no folder of it', () => {
  const homes = { state, cache: '/root/.cache/labwright' };
  const rubric = { max: 100 } as Rubric;
  const disk = new LabError('E_STATE', verbatim(`ENOSPC: no space left on device, write '${run}/files/x'`), verbatim(''));
  assert.is(unjudged({ rubric, homes }, disk).review?.en, "E_STATE: ENOSPC: no space left on device, write 'runs/4f2a/files/x'");
  assert.not.match(unjudged({ rubric, homes }, new TypeError('x')).review?.en ?? '', root);
});

test.run();
