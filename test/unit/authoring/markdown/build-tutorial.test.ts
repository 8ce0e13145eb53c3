import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTutorial } from '../../../../src/authoring/markdown/build-tutorial.ts';
import { readOutline } from '../../../../src/authoring/markdown/sections.ts';
import type { Finding } from '../../../../src/lab/finding.ts';
import type { Scenario } from '../../../../src/lab/gate-case.ts';
import type { Stack } from '../../../../src/lab/stack.ts';
import { text } from '../../../../src/lab/text.ts';
import { replica, stackFacts } from '../../../fixtures/facts.ts';
import { edited, inBoth, shownTutorial, translated } from '../../../fixtures/markdown-tutorial.ts';

/** The tutorial of the README, and what is made of changes to it. */

function parse(source: string, zh?: string) {
  const findings: Finding[] = [];
  const translations = zh === undefined ? {} : { 'zh-TW': readOutline(zh, 'tutorial.zh-TW.md', findings) };
  const parsed = buildTutorial(readOutline(source, 'tutorial.md', findings), translations, '/tutorials/hello', findings);
  return { ...parsed, problems: findings.map(({ where, rule }) => `${where} ${rule}`) };
}
function read(source: string, zh?: string) {
  const { tutorial, gate, problems } = parse(source, zh);
  assert.equal(problems, []);
  assert.ok(tutorial);
  const [step] = tutorial.labs[0]?.steps ?? [];
  assert.ok(step);
  return { tutorial, gate, step, ids: step.verify.map(({ id }) => id) };
}
const changed = (...edits: Parameters<typeof edited>[1][number][]) => edited(shownTutorial, edits);
const replicas = '- replicas: { of: web, count: 1 }';

test('the tutorial of the README, whole', async () => {
  const { tutorial, step, ids } = read(shownTutorial);
  assert.equal(
    [tutorial.id, tutorial.title.en, tutorial.dir, tutorial.languages],
    ['hello', 'A page from nginx', '/tutorials/hello', ['en']],
  );
  assert.is(tutorial.about?.en, 'You start nginx and read its page.');
  assert.equal(tutorial.stacks['site'], {
    id: 'site',
    dir: 'stack',
    services: { web: { name: 'web', port: 80 } },
    probeFrom: 'web',
    published: { role: 'web', containerPort: 80, hostPort: 8080 },
  });
  assert.equal(
    [tutorial.labs[0]?.id, tutorial.labs[0]?.title.en, tutorial.labs[0]?.stack],
    ['serve-a-page', 'Serve a page', 'site'],
  );
  assert.equal([step.id, step.title.en, step.task?.en], ['start-it', 'Start it', 'Start the stack.']);
  // a link is its text
  assert.is(step.teach.en, '`up -d` starts the container in the background. See compose.yaml.');
  assert.equal(step.show, [{ file: 'compose.yaml', lines: ['image: nginx'] }]);
  assert.equal(ids, ['web-has-1-replica', 'web-publishes-its-port', 'page-welcome-to-nginx']);
  assert.equal(
    step.hints.map(({ en }) => en),
    [
      'One command starts everything in compose.yaml.',
      'It keeps the terminal unless it runs in the background.',
      'docker compose up -d',
    ],
  );
  assert.equal(await commandsOf(step.run), ['docker compose up -d']);
});

/** The commands that a step runs. */
async function commandsOf(run: (stack: Stack) => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  await run({
    shell: async (line: string) => void lines.push(line),
    pull: async () => void lines.push('(pull)'),
  } as unknown as Stack);
  return lines;
}

test('a check needs the earlier checks of the same role that its kind comes after', () => {
  const { step } = read(shownTutorial);
  assert.equal(
    step.verify.map(({ needs }) => needs ?? []),
    [[], ['web-has-1-replica'], ['web-publishes-its-port']],
  );
});

test('`id`, `claim` and `needs` of a check are its own', () => {
  const { step, ids } = read(
    changed(
      [replicas, `${replicas}\n  id: one-runs\n  claim: one runs`],
      ['- published: web', '- published: web\n  needs: [one-runs]'],
      ['fails: web-has-1-replica', 'fails: one-runs'],
    ),
  );
  assert.is(ids[0], 'one-runs');
  assert.is(step.verify[0]?.claim.en, 'one runs');
  assert.equal(new Set(step.verify[1]?.needs), new Set(['one-runs']));
});

test('`try`: what to try next when the check fails, unless a known cause has help of its own', () => {
  const advice = 'insert a row: docker compose exec db psql -c …';
  const of = (item: string) => read(changed(['- published: web', `- ${item}\n  try: '${advice}'`])).step.verify[1];
  const { replicas: running, ...facts } = stackFacts([replica({ service: 'web' })]);
  const judged = (item: string, more: object) => {
    const verdict = of(item)?.judge({ ...facts, replicas: running, ...more });
    assert.ok(verdict && 'help' in verdict, item);
    return verdict.help.en;
  };
  const exec = 'exec: { in: web, run: select, prints: "3" }';
  assert.is(of(exec)?.advice?.en, advice);
  assert.is(judged(exec, { result: { exitCode: 0, stdout: '2', stderr: '' } }), advice);
  assert.is(judged(exec, { replicas: [] }), 'start the stack: docker compose up -d');
  assert.is(judged('not: { log: { of: web, contains: error } }', { log: 'an error' }), advice);
  const passes = of(exec)?.judge({ ...facts, replicas: running, result: { exitCode: 0, stdout: '3', stderr: '' } });
  assert.equal(passes, { outcome: 'passed', actual: text('"3"', '「3」') });
});

test('`not` is the opposite of a check, with an ID of its own', () => {
  const { step, ids } = read(changed(['- published: web', '- not: { log: { of: web, contains: error } }\n- not: stopped']));
  assert.equal(ids, ['web-has-1-replica', 'not-web-logs-error', 'not-all-containers-exited', 'page-welcome-to-nginx']);
  assert.is(step.verify[1]?.claim.en, 'not: the log of web contains "error"');
});

test('a kind with two checks: the second has the ID with -2, and needs the first', () => {
  const { step, ids } = read(changed(['- published: web', '- images: web\n  id: made']));
  assert.ok(ids.includes('made') && ids.includes('made-2'), ids.join());
  assert.is(step.verify.find(({ id }) => id === 'made')?.needs, undefined);
});

test('the commands: one in each line, continued by a backslash, without comments; `pull` is in the words of the installed Compose', async () => {
  const block = 'docker compose pull\n\n# then\ndocker compose \\\n  up -d\n';
  const { step } = read(changed(['docker compose up -d\n```\n\n```yaml check', `${block}\`\`\`\n\n\`\`\`yaml check`]));
  assert.equal(await commandsOf(step.run), ['(pull)', 'docker compose up -d']);
  assert.is(step.hints[2].en, 'docker compose pull; docker compose up -d');
});

test('a third hint takes the place of the commands', () => {
  const last = '- It keeps the terminal unless it runs in the background.';
  const { step } = read(changed([last, `${last}\n- Type it.`]));
  assert.is(step.hints[2].en, 'Type it.');
});

test('settings in a comment: ID, stack, needs, and that its claims hold at the start', () => {
  const { tutorial, step } = read(
    changed(
      ['## Serve a page\n', '## Serve a page\n<!-- id: serve -->\n'],
      ['### Start it\n', '### Start it\n\n<!--\nid: up\nreturns-to-start: true\nlater-than-start: true\n-->\n'],
    ),
  );
  assert.is(tutorial.labs[0]?.id, 'serve');
  assert.equal([step.id, step.returnsToStart, step.laterThanStart], ['up', true, true]);
});

test('other comments, code and links are prose, or for readers of the page', () => {
  const { step } = read(
    changed(
      ['> Start the stack.', '<!-- a note -->\n\n> Start the stack.\n\n> A second quotation.\n\n```sh\necho example\n```'],
      [
        'See [compose.yaml]',
        '[Docs](https://docs.docker.com/a%E0%A4%A), [a](%E0%A4%A) and [other](other/file.md). See [compose.yaml]',
      ],
    ),
  );
  assert.equal(
    step.show?.map(({ file }) => file),
    ['compose.yaml'],
  );
  assert.match(step.teach.en, /A second quotation/);
  assert.match(step.teach.en, /echo example/);
  assert.not.match(step.teach.en, /a note/);
});

test('a link is its text, whatever its target and title contain; what is in code is no link', () => {
  const link = '[compose.yaml](stack/compose.yaml "image: nginx")';
  const teach = (written: string) => read(changed([link, written])).step.teach.en.replace(/^.* See /, '');
  const show = (written: string) => read(changed([link, written])).step.show;
  const titled = '[compose.yaml](stack/compose.yaml "image: nginx | published (on 8080)")';
  assert.is(teach(titled), 'compose.yaml.');
  assert.equal(show(titled), [{ file: 'compose.yaml', lines: ['image: nginx', 'published (on 8080)'] }]);
  assert.is(teach('[one (of two)](stack/a(1).yaml "run(x)")'), 'one (of two).');
  assert.equal(show('[one](stack/a(1).yaml "run(x)")'), [{ file: 'a(1).yaml', lines: ['run(x)'] }]);
  assert.is(teach('[two]( <stack/a (1).yaml> )'), 'two.');
  assert.is(teach('[a `code] (x)`](stack/a.yaml)'), 'a `code] (x)`.');
  assert.is(teach('`a[i](x)` and ![a picture (small)](b.png "(c)")'), '`a[i](x)` and a picture (small).');
});

test('headings of deeper levels are bold prose', () => {
  const { step } = read(changed(['> Start the stack.', '#### Details\n\nMore.\n\n> Start the stack.']));
  assert.match(step.teach.en, /\nDetails\nMore\.$/);
});

test('line ends of Windows and a byte order mark change nothing', async () => {
  const { step, ids, tutorial } = read(`\uFEFF${shownTutorial.replaceAll('\n', '\r\n')}`);
  assert.equal([ids.length, step.task?.en, tutorial.about?.en], [3, 'Start the stack.', 'You start nginx and read its page.']);
  assert.equal(await commandsOf(step.run), ['docker compose up -d']);
  assert.is(step.teach.en, '`up -d` starts the container in the background. See compose.yaml.');
});

test('a translation: titles, prose, task, hints, claims and what a mistake is', () => {
  const own = changed(inBoth, [replicas, `${replicas}\n  claim: one runs\n  try: start it`]);
  const checks = `\`\`\`yaml check\n${replicas}\n  claim: 有一個在執行\n  try: 啟動它\n- published: web\n- http: { path: /, contains: Welcome to nginx }\n\`\`\`\n`;
  const mistakes =
    '```yaml mistakes\n- id: not-started\n  what: 只建立容器，沒有啟動\n  run: docker compose create\n  fails: web-has-1-replica\n  says: created\n```\n';
  const { tutorial, step, gate } = read(own, `${translated}\n${checks}\n${mistakes}`);
  assert.equal(tutorial.languages, ['en', 'zh-TW']);
  assert.equal(
    [tutorial.title['zh-TW'], tutorial.about?.['zh-TW'], tutorial.labs[0]?.title['zh-TW']],
    ['nginx 的網頁', '啟動 nginx，並閱讀它的網頁。', '提供網頁'],
  );
  assert.equal([step.id, step.title['zh-TW'], step.task?.['zh-TW']], ['start-it', '啟動', '啟動這組服務。']);
  assert.is(step.hints[0]['zh-TW'], '一個指令就能啟動 compose.yaml 裡的所有服務。');
  assert.is(step.hints[2]['zh-TW'], 'docker compose up -d');
  assert.equal(step.verify[0]?.claim, { en: 'one runs', 'zh-TW': '有一個在執行' });
  assert.equal(step.verify[0]?.advice, { en: 'start it', 'zh-TW': '啟動它' });
  assert.equal(gate.mistakes[0]?.what, { en: 'Created the container, and did not start it', 'zh-TW': '只建立容器，沒有啟動' });
});

test('what a translation does not contain is shown in the main language', () => {
  const { step, gate } = read(changed(inBoth, [replicas, `${replicas}\n  claim: one runs`]), translated);
  assert.is(step.verify[0]?.claim['zh-TW'], 'one runs');
  assert.is(gate.mistakes[0]?.what['zh-TW'], 'Created the container, and did not start it');
});

/** What a case does in a scenario. */
async function done(work: (scenario: Scenario) => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  await work({
    shell: async (line: string) => void seen.push(line),
    edit: async (file: string, change: (content: string) => string) =>
      void seen.push(`${file}: ${change('image: nginx:1.26 $&')}`),
  } as unknown as Scenario);
  return seen;
}

test('a mistake: what is done before and instead, the check that fails, and its message', async () => {
  const more =
    '  before: docker compose pull\n  edits: [{ file: compose.yaml, from: nginx:1.26, to: "nginx:$&" }]\n  run: docker compose create';
  const { gate } = read(changed(['  run: docker compose create', more]));
  const [mistake] = gate.mistakes;
  assert.ok(mistake?.given);
  assert.equal([mistake.id, mistake.at, mistake.caughtBy], ['not-started', 'serve-a-page/start-it', 'web-has-1-replica']);
  assert.equal(await done((scenario) => mistake.given?.(scenario, async () => {}) ?? Promise.resolve()), ['docker compose pull']);
  assert.equal(await done(mistake.make), ['compose.yaml: image: nginx:$& $&', 'docker compose create']);
});

test('`says` is a text, or a regular expression between slashes', () => {
  const message = (says: string) => read(changed(['says: created', `says: ${says}`])).gate.mistakes[0]?.message;
  assert.equal([message('created (1)')?.test('was created (1)'), message('c.eated')?.test('created')], [true, false]);
  assert.equal([message('/c.eated$/')?.test('was created'), message('/c.eated$/')?.test('created.')], [true, false]);
});

test('alternatives: made in the same way; `skips` names checks of the step', () => {
  const block =
    '\n```yaml alternatives\n- id: waited\n  what: Waited for it\n  run: docker compose up -d --wait\n  skips: [page-welcome-to-nginx]\n```\n';
  const { gate } = read(shownTutorial + block);
  assert.equal(
    gate.equivalents.map(({ id, at, skips }) => [id, at, skips]),
    [['waited', 'serve-a-page/start-it', ['page-welcome-to-nginx']]],
  );
  const wrong = parse(shownTutorial + block.replace('[page-welcome-to-nginx]', '[page]'));
  assert.equal(wrong.problems, ['tutorial.md:49:11 check-missing']);
  const twice = parse(shownTutorial + block.replace('id: waited', 'id: not-started'));
  assert.equal(twice.problems, ['tutorial.md:46:7 id-twice']);
});

test('labs and steps that need others, on two stacks', () => {
  const second = `
## Clean up

<!--
stack: other
needs: [serve-a-page]
-->

### Remove it

\`\`\`sh run
docker compose down
\`\`\`

\`\`\`yaml check
- removed: { networks: true }
\`\`\`

\`\`\`yaml hints
- One command removes everything.
- It is the opposite of up.
\`\`\`
`;
  const other =
    '  other: { dir: other, services: { app: { name: shop, build: app, image-variable: APP, images: [shop] } }, probe-from: app }\n';
  const { tutorial } = read(
    `${changed(['    published: { of: web, port: 80, on: 8080 }\n', `    published: { of: web, port: 80, on: 8080 }\n${other}`])}${second}`,
  );
  assert.equal(
    tutorial.labs.map(({ id, stack, needs }) => [id, stack, needs ?? []]),
    [
      ['serve-a-page', 'site', []],
      ['clean-up', 'other', ['serve-a-page']],
    ],
  );
  assert.equal(tutorial.stacks['other']?.services, {
    app: { name: 'shop', build: 'app', imageVariable: 'APP', families: ['shop'] },
  });
});

test('names of built-in properties are ordinary words', () => {
  const name = (word: string) => parse(changed([replicas, `- ${word}: { of: web }`])).problems;
  for (const word of ['constructor', 'toString', '__proto__']) assert.equal(name(word), ['tutorial.md:27:3 check-unknown'], word);
  assert.equal(parse(changed(['## Serve a page\n', '## Serve a page\n<!-- stack: constructor -->\n'])).problems, [
    'tutorial.md:15:13 stack-unknown',
  ]);
  assert.equal(parse(changed([replicas, '- replicas: { of: constructor, count: 1 }'])).problems, [
    'tutorial.md:27:19 role-unknown',
  ]);
});

test.run();
