import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { lintTutorials } from '../../../../src/authoring/lint/lint.ts';
import type { AnyCheck } from '../../../../src/lab/check.ts';
import type { StackSpec } from '../../../../src/lab/stack.ts';
import { type Text, text, verbatim } from '../../../../src/lab/text.ts';
import type { Lab, Step, Tutorial } from '../../../../src/lab/tutorial.ts';
import { passed } from '../../../../src/lab/verdict.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';

/** A small tutorial without findings, and the findings if one thing in it is wrong. */

const check = (id: string, over: Partial<AnyCheck> = {}): AnyCheck => ({
  id,
  claim: text(`the claim of ${id}`, `${id} 的主張`),
  mode: 'now',
  gather: async () => ({}),
  judge: () => passed(verbatim('-')),
  ...over,
});
const step = (id: string, over: Partial<Step> = {}): Step => ({
  id,
  title: text('Start it', '啟動'),
  teach: text('`up -d` starts all services.', '`up -d` 會啟動所有服務。'),
  hints: [
    text('One command starts them.', '一個指令就能啟動。'),
    text('It wants `--wait`.', '要加上 `--wait`。'),
    verbatim('docker compose up -d --wait'),
  ],
  run: async () => undefined,
  verify: [check('runs')],
  ...over,
});
const lab = (id: string, over: Partial<Lab> = {}): Lab => ({
  id,
  title: text('A lab', '一個單元'),
  stack: 'site',
  steps: [step('up'), step('again', { verify: [check('runs-again')] })],
  run: async () => undefined,
  verify: async () => [],
  ...over,
});
const site: StackSpec = {
  id: 'site',
  dir: 'site',
  services: { nginx: { name: 'web', port: 80 }, client: { name: 'client', build: 'client' } },
  probeFrom: 'client',
  files: { page: 'page/index.html', log: 'log/access.log' },
};
const tutorial = (over: Partial<Tutorial> = {}): Tutorial => ({
  id: 'tiny',
  title: text('A tiny tutorial', '小小的教學'),
  stacks: { site },
  labs: [lab('first')],
  ...over,
});
const compose = `services:
  web:
    image: nginx:1.26
    env_file: web.env
    volumes:
      - ./page:/usr/share/nginx/html:ro
      - { type: bind, source: ./log, target: /var/log/nginx }
      - cache:/var/cache/nginx
  client:
    build: { context: ./client }
volumes: { cache: }
`;
const files = {
  'tiny/site/compose.yaml': compose,
  'tiny/site/web.env': 'A=b\n',
  'tiny/site/page/index.html': 'hello\n',
  'tiny/site/log/.gitkeep': '',
  'tiny/site/client/Dockerfile': 'FROM scratch\n',
};
const oneStep = (over: Partial<Step>, more: Partial<Tutorial> = {}) =>
  tutorial({ labs: [lab('first', { steps: [step('up', over)] })], ...more });
const spec = (over: Partial<StackSpec>) => tutorial({ stacks: { site: { ...site, ...over } } });

/** The findings, one per line: `where rule: message`. */
function lint(given: Tutorial | readonly Tutorial[], found: Readonly<Record<string, string>> = files): string[] {
  const findings = lintTutorials('id' in given ? [given] : given, folder(found));
  for (const { message, help, rule, where } of findings) {
    assertComplete(message, `${where} ${rule}`);
    assertComplete(help, `${where} ${rule}`);
  }
  return findings.map(({ where, rule, message }) => `${where} ${rule}: ${message.en}`);
}
const without = (path: keyof typeof files) => Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
const clean = (given: Tutorial, found?: Readonly<Record<string, string>>) => assert.equal(lint(given, found), []);

test('the tutorials of labwright have no findings', () => assert.equal(lintTutorials(tutorials, assets), []));
test('the small tutorial has no findings', () => clean(tutorial()));

test('id-no-word', () => {
  clean(oneStep({ id: 'a1-b2' }));
  assert.equal(lint(oneStep({ id: 'Up_1' })), ['tiny/first/Up_1 id-no-word: the ID "Up_1" is not a word of a-z, 0-9 and -']);
  assert.equal(lint(oneStep({ verify: [check('-runs')] })), [
    'tiny/first/up/-runs id-no-word: the ID "-runs" is not a word of a-z, 0-9 and -',
  ]);
  assert.equal(lint(tutorial({ stacks: { 'my site': site }, labs: [lab('first', { stack: 'my site' })] })), [
    'tiny: stack my site id-no-word: the ID "my site" is not a word of a-z, 0-9 and -',
  ]);
});

test('id-twice: on every level', () => {
  clean(tutorial({ labs: [lab('first'), lab('second')] }));
  assert.equal(lint([tutorial(), tutorial()]), ['labs/index.ts id-twice: the ID tiny occurs twice']);
  assert.equal(lint(tutorial({ labs: [lab('first'), lab('first')] })), ['tiny id-twice: the ID first occurs twice']);
  assert.equal(lint(tutorial({ labs: [lab('first', { steps: [step('up'), step('up')] })] })), [
    'tiny/first id-twice: the ID up occurs twice',
  ]);
  assert.equal(lint(oneStep({ verify: [check('runs'), check('runs')] })), ['tiny/first/up id-twice: the ID runs occurs twice']);
});

test('id-two-claims: the same ID for the same claim is fine', () => {
  const again = (claim: Text) =>
    tutorial({ labs: [lab('first', { steps: [step('up'), step('again', { verify: [check('runs', { claim })] })] })] });
  clean(again(check('runs').claim));
  assert.equal(lint(again(text('another', '另一個'))), [
    'tiny/first/again/runs id-two-claims: the claim is "another", but in tiny/first/up "the claim of runs"',
  ]);
  assert.is(lint(again(text('the claim of runs', '別的'))).length, 1, 'other words in Chinese alone');
});

test('text-missing: titles, teach, hints and claims, in each language', () => {
  const [one, two, three] = step('x').hints;
  assert.equal(lint(tutorial({ title: text(' ', '題') })), ['tiny text-missing: title is empty in en']);
  assert.equal(lint(tutorial({ labs: [lab('first', { title: text('A', '') })] })), [
    'tiny/first text-missing: title is empty in zh-TW',
  ]);
  assert.equal(lint(oneStep({ teach: text('', '') })), [
    'tiny/first/up text-missing: teach is empty in en',
    'tiny/first/up text-missing: teach is empty in zh-TW',
  ]);
  assert.equal(lint(oneStep({ hints: [one, text('', two['zh-TW']), three] })), [
    'tiny/first/up text-missing: hint 2 is empty in en',
  ]);
  assert.equal(lint(oneStep({ verify: [check('runs', { claim: text('it runs', '') })] })), [
    'tiny/first/up/runs text-missing: claim is empty in zh-TW',
  ]);
});

test('text-missing: a tutorial in one language is not asked for another', () => {
  const help = (languages: readonly ['en'] | undefined) =>
    lintTutorials([{ ...oneStep({ teach: text('', '') }), ...(languages ? { languages } : {}) }], assets)
      .filter(({ rule }) => rule === 'text-missing')
      .map((one) => one.help.en);
  assert.equal(help(['en']), ['write it; in Markdown, it is the paragraph below the heading']);
  assert.equal(help(undefined), Array(2).fill('write it: every text needs both languages'));
});

test('text-not-chinese: a sentence has to be Chinese, commands and names need not', () => {
  const titled = (title: Text) => oneStep({ title });
  for (const name of [
    'nginx',
    'Docker Compose',
    'docker compose up -d',
    '`up -d`',
    "docker compose exec client sh -c 'for i in $(seq 3); do date; done'",
    'cp a b, for id in $(cat ids); do docker stop $id || exit 1; done',
  ])
    clean(titled(verbatim(name)));
  for (const prose of ['Start the stack', 'It starts.', 'docker compose pull, then the build', 'nginx has to look again'])
    assert.equal(lint(titled(verbatim(prose))), [`tiny/first/up text-not-chinese: title has no Chinese in zh-TW: "${prose}"`]);
  assert.equal(lint(titled(text('Start the stack', 'Start de stack'))), [
    'tiny/first/up text-not-chinese: title has no Chinese in zh-TW: "Start de stack"',
  ]);
});

test('text-not-english', () => {
  clean(oneStep({ title: text('It says "你好"', '它說「你好」') }));
  assert.equal(lint(oneStep({ title: text('Start 它', '啟動') })), [
    'tiny/first/up text-not-english: title has Chinese in its English',
  ]);
});

test("text-mainland: the help names Taiwan's word; in code the other word is allowed", () => {
  const teach = (zh: string) => oneStep({ teach: text('It does.', zh) });
  clean(teach('容器用映像檔建立；伺服器在用戶端看得到的網路上，數據機不在。'));
  clean(teach('執行 `echo 服務器` 試試看。'));
  for (const [word, use] of [
    ['鏡像', '映像檔'],
    ['服務器', '伺服器'],
    ['負載均衡', '負載平衡'],
    ['默認', '預設'],
    ['網絡', '網路'],
    ['端口', '連接埠'],
    ['信息', '訊息、資訊'],
    ['數據', '資料'],
    ['用戶', '使用者'],
  ] as const) {
    const [found, ...more] = lintTutorials([teach(`這是${word}。`)], folder(files));
    assert.equal(more, []);
    assert.equal(
      [found?.where, found?.rule, found?.message.en, found?.message['zh-TW'], found?.help['zh-TW']],
      ['tiny/first/up', 'text-mainland', `teach contains "${word}"`, `teach（說明） 用了「${word}」`, `請改用「${use}」`],
    );
  }
});

test('text-simplified: each character is listed once', () => {
  const teach = (zh: string) => oneStep({ teach: text('It does.', zh) });
  clean(teach('啟動後，網頁裡的數字就會體現在畫面上：臺灣、裡面、台北、后里、著作、個體。'));
  assert.equal(lint(teach('这个容器会体验，这个。')), [
    'tiny/first/up text-simplified: teach has simplified characters: "这 个 会 体 验"',
  ]);
  assert.is(lint(teach('適合网路')).length, 1);
});

test('teach-is-title', () => {
  clean(oneStep({ teach: text('Start it up.', '啟動它。') }));
  assert.equal(lint(oneStep({ teach: text('start it.', '啟動。') })), [
    'tiny/first/up teach-is-title: teach only repeats the title (en)',
    'tiny/first/up teach-is-title: teach only repeats the title (zh-TW)',
  ]);
});

test('hint-gives-away: the first hint contains neither command nor option, the second at most the option', () => {
  const last = verbatim('docker compose up -d --scale flask=3');
  const hinted = (first: string, second: string, third: Text = last) =>
    oneStep({ hints: [text(first, '提示一。'), text(second, '提示二。'), third] });
  const given = (first: string, second: string, third?: Text) =>
    lint(hinted(first, second, third)).map((line) => line.replace('tiny/first/up hint-gives-away: ', ''));
  clean(
    hinted('The number is an option of the command that starts it.', 'The option is `--scale`, with a service and a number.'),
  );
  clean(hinted('Scale out: up to three.', '`docker compose up` has an option for it.'));
  assert.equal(given('Type docker compose up -d --scale flask=3', 'Do it.'), [
    'hint 1 gives the command away: docker compose up -d --scale flask=3',
  ]);
  assert.equal(given('Try `up -d --scale flask=3`.', 'Do it.'), ['hint 1 gives the command away: up -d --scale flask=3']);
  assert.equal(given('The option is `--scale`.', 'Do it.'), ['hint 1 gives the command away: --scale']);
  assert.equal(given('Do it.', 'Try `docker compose up --scale`.'), ['hint 2 gives the command away: docker compose up --scale']);
  assert.equal(given('Do it.', 'So: up -d --scale flask=3'), ['hint 2 gives the command away: up -d --scale flask=3']);
  assert.is(
    lint(oneStep({ hints: [text('Do it.', '用 --scale。'), text('Do it.', '做吧。'), last] })).length,
    1,
    'in Chinese alone',
  );
  // a command of one word can be an ordinary English word too
  const stop = verbatim('docker compose stop');
  clean(hinted('First they stop.', 'What is there to `stop`?', stop));
  assert.equal(given('Just `stop`.', 'Do it.', stop), ['hint 1 gives the command away: stop']);
  const curl = verbatim('curl http://localhost:8000/');
  clean(hinted('Ask from your own machine, by curl.', 'The port is 8000.', curl));
  assert.equal(given('Ask.', 'Ask: `curl http://localhost:8000/`', curl), [
    'hint 2 gives the command away: curl http://localhost:8000/',
  ]);
});

const needy = (...pairs: readonly (readonly [string, (readonly string[])?])[]) =>
  tutorial({ labs: pairs.map(([id, needs]) => lab(id, needs ? { needs } : {})) });

test('need-missing, need-late, need-circle: of labs, steps and checks', () => {
  clean(needy(['a'], ['b', ['a']], ['c', ['a', 'b']]));
  assert.equal(lint(needy(['a', ['x']])), ['tiny/a need-missing: it needs x, which does not exist']);
  assert.equal(lint(needy(['a', ['b']], ['b'])), ['tiny/a need-late: it needs b, which comes after it']);
  assert.equal(lint(needy(['a', ['c']], ['b', ['a']], ['c', ['b']])), ['tiny need-circle: they need one another: a → c → b → a']);
  assert.equal(lint(needy(['a', ['a']])), ['tiny need-circle: they need one another: a → a']);
  const steps = (first: Partial<Step>, second: Partial<Step>) =>
    tutorial({ labs: [lab('first', { steps: [step('up', first), step('again', second)] })] });
  clean(steps({}, { needs: ['up'] }));
  assert.equal(lint(steps({ needs: ['again'] }, {})), ['tiny/first/up need-late: it needs again, which comes after it']);
  clean(oneStep({ verify: [check('runs'), check('answers', { needs: ['runs'] })] }));
  assert.equal(lint(oneStep({ verify: [check('runs', { needs: ['walks'] })] })), [
    'tiny/first/up/runs need-missing: it needs walks, which does not exist',
  ]);
});

test('every problem is listed', () => {
  assert.equal(lint(needy(['a', ['x']], ['b', ['y']])), [
    'tiny/a need-missing: it needs x, which does not exist',
    'tiny/b need-missing: it needs y, which does not exist',
  ]);
});

test('step-unchecked and lab-empty', () => {
  assert.equal(lint(oneStep({ verify: [] })), [
    'tiny/first/up step-unchecked: it has no check: nothing would show that it was done',
  ]);
  assert.equal(lint(tutorial({ labs: [lab('first', { steps: [] })] })), ['tiny/first lab-empty: it has no step']);
});

test('watched-first: only in the first step that uses the stack', () => {
  const watched = { verify: [check('same', { needsBaseline: true })] };
  clean(tutorial({ labs: [lab('first', { steps: [step('up'), step('again', watched)] })] }));
  clean(tutorial({ labs: [lab('first'), lab('second', { needs: ['first'], steps: [step('up', watched)] })] }));
  const message = 'it compares with an earlier state, but this is the first step of the stack site';
  assert.equal(lint(oneStep(watched)), [`tiny/first/up/same watched-first: ${message}`]);
  // run by itself, the second lab is the first that its stack sees
  assert.equal(lint(tutorial({ labs: [lab('first'), lab('second', { steps: [step('up', watched)] })] })), [
    `tiny/second/up/same watched-first: ${message}`,
  ]);
});

test('stack-missing and stack-unused', () => {
  assert.equal(lint(tutorial({ labs: [lab('first'), lab('second', { stack: 'other' })] })), [
    'tiny/second stack-missing: the stack other does not exist',
  ]);
  assert.equal(
    lint(tutorial({ stacks: { site, spare: { ...site, dir: 'spare' } } }), { ...files, 'tiny/spare/compose.yaml': compose }),
    ['tiny stack-unused: no lab uses the stack spare', 'assets/tiny/spare/compose.yaml file-unused: no stack of a lab uses it'],
  );
});

test('compose-missing and compose-invalid', () => {
  assert.equal(lint(spec({ dir: 'nowhere' }), {}), [
    'assets/tiny/nowhere compose-missing: the stack site has no compose.yaml there',
  ]);
  const [broken] = lint(tutorial(), { 'tiny/site/compose.yaml': 'services: [\n' });
  assert.match(broken ?? '', /^assets\/tiny\/site\/compose\.yaml compose-invalid: it can't be read: compose\.yaml: .+line/);
  assert.equal(lint(tutorial(), { 'tiny/site/compose.yaml': 'networks: {}\n' }), [
    "assets/tiny/site/compose.yaml compose-invalid: it can't be read: compose.yaml: no `services:`",
  ]);
});

test('service-missing, service-unnamed, role-missing', () => {
  const at = 'assets/tiny/site/compose.yaml';
  assert.equal(lint(spec({ services: { ...site.services, redis: { name: 'cache' } } })), [
    `${at} service-missing: compose.yaml has no service cache, the redis of the stack site`,
  ]);
  assert.equal(lint(spec({ services: { client: { name: 'client', build: 'client' } } })), [
    `${at} service-unnamed: the stack site has no role for the service web`,
  ]);
  assert.equal(lint(spec({ probeFrom: 'flask' })), [
    'tiny: stack site role-missing: probeFrom is flask, which is not a role in services',
  ]);
  assert.equal(lint(spec({ published: { role: 'redis', containerPort: 1, hostPort: 1, variable: 'PORT' } })), [
    'tiny: stack site role-missing: published is redis, which is not a role in services',
  ]);
  const proxy = { role: 'redis', upstream: 'flask', confDir: '/etc', confFiles: [] };
  assert.equal(lint(spec({ proxy })), [
    'tiny: stack site role-missing: proxy is redis, which is not a role in services',
    'tiny: stack site role-missing: proxy.upstream is flask, which is not a role in services',
  ]);
});

test('build-other', () => {
  const built = (build?: string) => ({ ...site.services, client: { name: 'client', ...(build ? { build } : {}) } });
  clean(spec({ services: built('./client') }));
  const at = 'assets/tiny/site/compose.yaml build-other:';
  assert.equal(lint(spec({ services: built('page') })), [`${at} it builds client from ./client, and the stack site from page`]);
  assert.equal(lint(spec({ services: { ...built(), nginx: { name: 'web', build: 'client' } } })), [
    `${at} it does not build nginx, which the stack site builds from client`,
  ]);
});

test('file-missing: a file that Compose builds from, mounts or reads, or that the stack names', () => {
  const at = (path: string, why: string) => [`assets/tiny/site/${path} file-missing: ${why}`];
  assert.equal(
    lint(tutorial(), { ...without('tiny/site/client/Dockerfile'), 'tiny/site/client/x': '' }),
    at('client', 'there is no Dockerfile to build from'),
  );
  assert.equal(lint(tutorial(), without('tiny/site/log/.gitkeep')), at('log', 'compose.yaml mounts it, but it does not exist'));
  assert.equal(lint(tutorial(), without('tiny/site/web.env')), at('web.env', 'compose.yaml reads it, but it does not exist'));
  assert.equal(
    lint(spec({ files: { conf: 'my.conf' } })),
    at('my.conf', 'the stack site names it in `files`, but it does not exist'),
  );
  assert.equal(
    lint(spec({ services: { ...site.services, client: { name: 'client' } } }), without('tiny/site/client/Dockerfile')),
    at('client', 'compose.yaml builds from it, but it does not exist'),
  );
});

test('file-unused', () => {
  const unused = (path: string) => [`assets/tiny/${path} file-unused: no stack of a lab uses it`];
  clean(tutorial(), { ...files, 'tiny/site/page/more/deep.html': '', 'other/x': '' });
  clean(spec({ files: { ...site.files, note: 'note.txt' } }), { ...files, 'tiny/site/note.txt': '' });
  assert.equal(lint(tutorial(), { ...files, 'tiny/site/note.txt': '' }), unused('site/note.txt'));
  assert.equal(lint(tutorial(), { ...files, 'tiny/site/pages/x': '' }), unused('site/pages/x'));
  assert.equal(lint(tutorial(), { ...files, 'tiny/stray': '' }), unused('stray'));
});

test.run();
