import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { imageOrBuild } from './image-or-build.ts';
import { type Placed, readMounts, readTmpfs } from './mounts.ts';
import { type Attached, readAttached } from './networks.ts';
import { readPorts } from './ports.ts';
import type { NormalService } from './sanitized-stack.ts';
import {
  type Dependency,
  type Readers,
  readCommand,
  readDependsOn,
  readDeploy,
  readEnvFiles,
  readHealthcheck,
} from './service-parts.ts';
import type { Entry, Tree } from './tree.ts';

/** A single service: its relation to others is judged after all are read. */
export interface ReadService {
  readonly service: Omit<NormalService, 'networks' | 'mounts' | 'dependsOn'>;
  readonly attached: readonly Attached[];
  readonly mounts: readonly Placed[];
  readonly dependencies: readonly Dependency[];
  readonly location: Tree['location'];
}

const noted = [
  'container_name',
  'restart',
  'labels',
  'hostname',
  'init',
  'stop_grace_period',
  'stop_signal',
  'pull_policy',
  'platform',
];
const mostMounts = 32;

export function readService(form: ComposeReader, { value: tree, location }: Entry): ReadService {
  const is: { -readonly [key in keyof ReadService['service']]: ReadService['service'][key] } = {
    command: null,
    entrypoint: null,
    environment: {},
    expose: [],
    readOnly: false,
    capDrop: [],
    stdinOpen: false,
    tty: false,
    ports: [],
  };
  let image: Entry | undefined;
  let build: Entry | undefined;
  let attached: readonly Attached[] = [{ network: 'default', aliases: [], location }];
  let dependencies: readonly Dependency[] = [];
  const mounts: Placed[] = [];
  let [files, own] = [new Map<string, string>(), new Map<string, string>()];
  const readers: Readers = new Map<string, (entry: Entry) => void>([
    [
      'image',
      (entry) => {
        image = entry;
      },
    ],
    [
      'build',
      (entry) => {
        build = entry;
      },
    ],
    [
      'command',
      ({ value }) => {
        is.command = readCommand(form, value);
      },
    ],
    [
      'entrypoint',
      ({ value }) => {
        is.entrypoint = readCommand(form, value);
      },
    ],
    [
      'environment',
      ({ value }) => {
        own = form.pairs(value);
      },
    ],
    [
      'env_file',
      ({ value }) => {
        files = readEnvFiles(form, value);
      },
    ],
    ['working_dir', ({ value }) => Object.assign(is, workingDir(form, value))],
    ['user', ({ value }) => Object.assign(is, user(form, value))],
    [
      'expose',
      ({ value }) => {
        is.expose = expose(form, value);
      },
    ],
    [
      'networks',
      ({ value }) => {
        attached = readAttached(form, value);
      },
    ],
    ['volumes', ({ value }) => void mounts.push(...readMounts(form, value))],
    ['tmpfs', ({ value }) => void mounts.push(...readTmpfs(form, value))],
    [
      'depends_on',
      ({ value }) => {
        dependencies = readDependsOn(form, value);
      },
    ],
    [
      'healthcheck',
      ({ value }) => {
        const healthcheck = readHealthcheck(form, value);
        if (healthcheck) is.healthcheck = healthcheck;
      },
    ],
    [
      'read_only',
      ({ value }) => {
        is.readOnly = form.truth(value) ?? false;
      },
    ],
    [
      'cap_drop',
      ({ value }) => {
        is.capDrop = capabilities(form, value);
      },
    ],
    [
      'stdin_open',
      ({ value }) => {
        is.stdinOpen = form.truth(value) ?? false;
      },
    ],
    [
      'tty',
      ({ value }) => {
        is.tty = form.truth(value) ?? false;
      },
    ],
    [
      'ports',
      (entry) => {
        is.ports = readPorts(form, entry.value);
        form.note('ports', entry.location);
      },
    ],
    ['deploy', ({ value }) => readDeploy(form, value)],
    ['scale', (entry) => form.note('replicas', entry.location)],
    ['profiles', (entry) => form.note('profiles', entry.location)],
    ...noted.map((key) => [key, (entry: Entry) => form.note(key, entry.location)] as const),
  ]);
  form.fields(tree, '', readers);
  is.environment = Object.fromEntries([...files, ...own]);
  if (mounts.length > mostMounts)
    form.refuse('too-many', tree.location, text(`at most ${mostMounts} volumes`, `最多 ${mostMounts} 個磁碟區`));
  const targets = new Set<string>();
  for (const { mount, location } of mounts)
    if (targets.size === targets.add(mount.target).size)
      form.refuse('mount-target', location, quoting(mount.target, 'two volumes are mounted at {}', '有兩個磁碟區掛載到 {}'));
  Object.assign(is, imageOrBuild(form, location, image, build));
  return { service: is, attached, mounts, dependencies, location };
}

function workingDir(form: ComposeReader, tree: Tree): Pick<NormalService, 'workingDir'> {
  const word = form.matching(
    tree,
    /^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\p{Cc}]{0,254}$/u,
    text('expected a path in the container', '這裡應該是容器裡的路徑'),
  );
  return word === undefined ? {} : { workingDir: word };
}

function user(form: ComposeReader, tree: Tree): Pick<NormalService, 'user'> {
  const word = form.matching(
    tree,
    /^[\w.-]{1,32}(?::[\w.-]{1,32})?$/,
    text('expected a user, with or without a group', '這裡應該是使用者，可以加上群組'),
  );
  return word === undefined ? {} : { user: word };
}

const expose = (form: ComposeReader, tree: Tree): string[] =>
  form
    .items(tree)
    .flatMap(
      (item) =>
        form.matching(item, /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp))?$/, text('expected a port', '這裡應該是連接埠')) ?? [],
    );

const capabilities = (form: ComposeReader, tree: Tree): string[] =>
  form
    .items(tree)
    .flatMap(
      (item) =>
        form.matching(item, /^[A-Za-z_]{2,32}$/, text('expected a capability', '這裡應該是權限（capability）的名稱')) ?? [],
    );
