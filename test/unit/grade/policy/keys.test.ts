import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type KeyRule, ruleList, ruleOf, type Section, whyRefused } from '../../../../src/grade/policy/keys/rules.ts';
import { noteTexts } from '../../../../src/grade/policy/messages.ts';
import { root } from '../../../../src/platform/package-root.ts';
import { type Files, judged } from '../../../fixtures/submission.ts';

/** Each key of the Compose Specification has one rule, the policy follows it, and the document lists it. */

type Keys = { readonly [key: string]: Keys };
/** The keys of the specification's JSON schema: the file names its source and version. */
const schema = JSON.parse(readFileSync(join(root, 'test/fixtures/compose-keys.json'), 'utf8')) as { keys: Keys };

interface Place {
  readonly title: string;
  /** Path of the mapping in the schema. */
  readonly path: string;
  /** A Compose file with these entries in the section. */
  readonly around: (entries: object) => object;
}
const web = (over: object, rest: object = {}) => ({ services: { web: { image: 'nginx:1.26', ...over } }, ...rest });
const places: Readonly<Record<Section, Place>> = {
  file: { title: 'Top level', path: '', around: (it) => web({}, it) },
  service: {
    title: '`services.*`',
    path: 'services',
    around: (it) => web(it, { secrets: { s: { file: 'ok.env' } }, configs: { s: { file: 'ok.env' } } }),
  },
  build: { title: '`build`', path: 'services.build', around: (it) => web({ build: { context: 'app', ...it } }) },
  depends_on: {
    title: '`depends_on.*`',
    path: 'services.depends_on',
    around: (it) => ({ services: { web: { image: 'nginx:1.26', depends_on: { db: it } }, db: { image: 'redis:8.0' } } }),
  },
  deploy: { title: '`deploy`', path: 'services.deploy', around: (it) => web({ deploy: it }) },
  'deploy.resources': {
    title: '`deploy.resources`',
    path: 'services.deploy.resources',
    around: (it) => web({ deploy: { resources: it } }),
  },
  env_file: { title: '`env_file`', path: 'services.env_file', around: (it) => web({ env_file: [{ path: 'ok.env', ...it }] }) },
  healthcheck: { title: '`healthcheck`', path: 'services.healthcheck', around: (it) => web({ healthcheck: it }) },
  logging: { title: '`logging`', path: 'services.logging', around: (it) => web({ logging: it }) },
  networks: { title: '`services.*.networks.*`', path: 'services.networks', around: (it) => web({ networks: { default: it } }) },
  ports: { title: '`ports`, long form', path: 'services.ports', around: (it) => web({ ports: [{ target: 80, ...it }] }) },
  secrets: {
    title: '`services.*.secrets`, long form',
    path: 'services.secrets',
    around: (it) => web({ secrets: [{ source: 's', ...it }] }, { secrets: { s: { file: 'ok.env' } } }),
  },
  configs: {
    title: '`services.*.configs`, long form',
    path: 'services.configs',
    around: (it) => web({ configs: [{ source: 's', ...it }] }, { configs: { s: { file: 'ok.env' } } }),
  },
  volumes: {
    title: '`services.*.volumes`, long form',
    path: 'services.volumes',
    around: (it) => web({ volumes: [{ type: 'bind', source: './app', target: '/a', ...it }] }),
  },
  'volumes.bind': {
    title: '`bind` of a volume',
    path: 'services.volumes.bind',
    around: (it) => web({ volumes: [{ type: 'bind', source: './app', target: '/a', bind: it }] }),
  },
  'volumes.volume': {
    title: '`volume` of a volume',
    path: 'services.volumes.volume',
    around: (it) => web({ volumes: [{ type: 'volume', source: 'v', target: '/v', volume: it }] }, { volumes: { v: {} } }),
  },
  network: { title: '`networks.*`', path: 'networks', around: (it) => web({}, { networks: { n: it } }) },
  volume: { title: '`volumes.*`', path: 'volumes', around: (it) => web({}, { volumes: { v: it } }) },
  secret: { title: '`secrets.*`', path: 'secrets', around: (it) => web({}, { secrets: { s: withSource(it) } }) },
  config: { title: '`configs.*`', path: 'configs', around: (it) => web({}, { configs: { s: withSource(it) } }) },
};
const withSource = (it: object) => (['file', 'environment', 'content'].some((key) => key in it) ? it : { file: 'ok.env', ...it });
const sections = Object.keys(places) as Section[];

/** A valid value of an allowed key. */
const values: Readonly<Record<string, unknown>> = {
  'file services': web({}).services,
  'file version': '3.8',
  'service image': 'redis:8.0',
  'service build': 'app',
  'service command': 'x',
  'service entrypoint': 'x',
  'service working_dir': '/x',
  'service user': 'x',
  'service read_only': true,
  'service stdin_open': true,
  'service tty': true,
  'service env_file': 'ok.env',
  'service depends_on': [],
  'service links': [],
  'service extra_hosts': ['a:10.0.0.1'],
  'service volumes': ['./app:/a:ro'],
  'service tmpfs': '/t',
  'service expose': [80],
  'service secrets': ['s'],
  'service configs': ['s'],
  'service cap_drop': ['ALL'],
  'service cap_add': ['CAP_CHOWN', 'net_bind_service'],
  'service ports': ['80:80'],
  // read to leave the service out
  'service profiles': [],
  'build context': 'app',
  'build dockerfile': 'Dockerfile',
  'build dockerfile_inline': 'FROM scratch',
  'build target': 'one',
  'depends_on condition': 'service_started',
  'depends_on required': true,
  'env_file path': 'ok.env',
  'env_file required': true,
  'healthcheck test': 'x',
  'healthcheck interval': '1s',
  'healthcheck timeout': '1s',
  'healthcheck start_period': '1s',
  'healthcheck retries': 3,
  'healthcheck disable': true,
  'networks aliases': ['a'],
  'ports target': 80,
  'ports published': '80',
  'ports host_ip': '127.0.0.1',
  'ports protocol': 'tcp',
  'ports mode': 'host',
  'ports name': 'x',
  'ports app_protocol': 'http',
  'secrets source': 's',
  'secrets target': 'x',
  'configs source': 's',
  'configs target': '/x',
  'volumes type': 'bind',
  'volumes source': './app',
  'volumes target': '/x',
  'volumes read_only': true,
  'volumes.bind create_host_path': true,
  'network internal': true,
  'network driver': 'bridge',
  'secret file': 'ok.env',
  'secret environment': 'A',
  'config file': 'ok.env',
  'config environment': 'A',
  'config content': 'x',
};
/** A key that is read and still gives a note. */
const noted: Readonly<Record<string, string>> = { 'service ports': 'ports', 'service logging': 'logging' };

const keysAt = (path: string): Keys =>
  path.split('.').reduce<Keys>((at, key) => (key === '' ? at : (at[key] ?? {})), schema.keys);
const rulesOf = (section: Section) =>
  ruleList.filter(([one]) => one === section).flatMap(([, keys, rule]) => keys.split(/\s+/).map((key) => [key, rule] as const));

for (const section of sections)
  test(`${section}: each key of the specification has exactly one rule, and there is no other rule`, () => {
    assert.equal(
      rulesOf(section)
        .map(([key]) => key)
        .sort(),
      Object.keys(keysAt(places[section].path)).sort(),
    );
  });

test('what an allowed key contains has rules too', () => {
  const paths = new Map(sections.map((section) => [places[section].path, section]));
  const open = sections.flatMap((section) => {
    const { path } = places[section];
    return Object.entries(keysAt(path)).flatMap(([key, inner]) => {
      const below = [path, key].filter(Boolean).join('.');
      const isRead = ruleOf(section, key)?.rule === 'allowed' && Object.keys(inner).length > 0;
      return isRead && !paths.has(below) ? [below] : [];
    });
  });
  assert.equal(open, []);
});

/** A value that is refused wherever it is read. */
const unread = { any: ['${NOT', { __proto__: 1 }] };

async function judge(section: Section, entries: object) {
  const files: Files = {
    'compose.yaml': JSON.stringify(places[section].around(entries)),
    'app/Dockerfile': 'FROM scratch AS one\n',
    'ok.env': '',
    '.env': 'A=1\n',
  };
  const result = await judged(files);
  return result.ok ? { notes: result.notes.map(({ code }) => code) } : { refusals: result.refusals };
}

/** Notes that the rest of the section's file gives. */
const bases = new Map<Section, Promise<string[]>>();
function base(section: Section): Promise<string[]> {
  const known = bases.get(section) ?? judge(section, {}).then(({ notes }) => notes ?? ['refused']);
  bases.set(section, known);
  return known;
}

async function assertFollows(section: Section, key: string, rule: KeyRule): Promise<void> {
  const where = `${section} ${key}`;
  const before = await base(section);
  const plus = (note?: string) => [...new Set([...before, ...(note === undefined ? [] : [note])])].sort();
  if (rule.rule === 'ignored')
    assert.equal(
      [...((await judge(section, { [key]: values[where] ?? unread })).notes ?? ['refused'])].sort(),
      plus(rule.note),
      where,
    );
  if (rule.rule === 'allowed')
    assert.equal(
      [...((await judge(section, { [key]: values[where] ?? {} })).notes ?? ['refused'])].sort(),
      plus(noted[where]),
      where,
    );
  if (rule.rule !== 'refused') return;
  for (const value of [unread, ['host'], null]) {
    const { refusals = [] } = await judge(section, { [key]: value });
    assert.ok(
      refusals.some(
        ({ code, text }) => code === whyRefused(section, key).code && text.en === `"${key}" is not allowed: ${rule.why.en}`,
      ),
      `${where}: ${JSON.stringify(value)}`,
    );
  }
  for (const [, value] of (rule.unless?.values ?? '').matchAll(/`([^`]*)`/g))
    assert.equal(
      [...((await judge(section, { [key]: value })).notes ?? ['refused'])].sort(),
      plus(rule.unless?.note),
      `${where}: ${value}`,
    );
}

for (const section of sections)
  test(`${section}: the policy follows the rule of each key`, async () => {
    for (const [key, rule] of rulesOf(section)) await assertFollows(section, key, rule);
  });

const effectOf = (rule: KeyRule): string => {
  if (rule.rule === 'allowed') return rule.values ?? '';
  if (rule.rule === 'ignored') return noteTexts[rule.note]?.en ?? '';
  return `${rule.why.en}${rule.unless ? `. Allowed: ${rule.unless.values}` : ''}`;
};

function document(): string {
  const parts = sections.map((section) => {
    const rows = ruleList
      .filter(([one]) => one === section)
      .map(([, keys, rule]) => {
        const names = keys.split(/\s+/).map((key) => `\`${key}\``);
        return `| ${names.join(' ')} | ${rule.rule} | ${effectOf(rule)} |`;
      });
    return [`### ${places[section].title}`, '', '| key | rule | values, effect or reason |', '|---|---|---|', ...rows, ''].join(
      '\n',
    );
  });
  return parts.join('\n');
}

test('the document lists each key with its rule (UPDATE_GOLDEN=1 writes it)', () => {
  const path = join(root, 'src/grade/policy/README.md');
  const [head = '', rest = ''] = readFileSync(path, 'utf8').split(/(?<=^## Keys\n\n(?:.+\n)+\n)/m);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${head}${document()}`);
  else assert.is(rest, document());
});

test.run();
