import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import { readBuild } from './build.ts';
import type { ComposeReader } from './compose-reader.ts';
import { imageRefused, imageReplaced } from './dockerfile.ts';
import { normalReference } from './images.ts';
import { readCapAdd, readCapDrop } from './keys/capabilities.ts';
import { type Grant, readGrants } from './keys/given-files.ts';
import { type Link, readExtraHosts, readLinks } from './keys/names.ts';
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
  readLogging,
} from './service-parts.ts';
import type { Entry, Tree } from './tree.ts';

/** A single service: its relation to others is judged after all are read. */
export interface ReadService {
  readonly service: Omit<NormalService, 'networks' | 'mounts' | 'dependsOn'>;
  readonly attached: readonly Attached[];
  readonly mounts: readonly Placed[];
  readonly dependencies: readonly Dependency[];
  readonly links: readonly Link[];
  readonly grants: readonly Grant[];
  readonly location: Tree['location'];
}

/** What is read of a service apart from its fields. */
interface Parts {
  image: Entry | undefined;
  build: Entry | undefined;
  attached: readonly Attached[];
  dependencies: readonly Dependency[];
  links: readonly Link[];
  fileEnvironment: Map<string, string>;
  environment: Map<string, string>;
}

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
  const read: Parts = {
    image: undefined,
    build: undefined,
    attached: [{ network: 'default', aliases: [], location }],
    dependencies: [],
    links: [],
    fileEnvironment: new Map(),
    environment: new Map(),
  };
  const mounts: Placed[] = [];
  const grants: Grant[] = [];
  /** A key whose value becomes a field of the service, or of the parts read. */
  const set =
    <K extends keyof typeof is>(field: K, of: (form: ComposeReader, value: Tree) => (typeof is)[K]) =>
    ({ value }: Entry): void => {
      is[field] = of(form, value);
    };
  const keep =
    <K extends keyof Parts>(field: K, of: (entry: Entry) => Parts[K]) =>
    (entry: Entry): void => {
      read[field] = of(entry);
    };
  const readers: Readers = new Map<string, (entry: Entry) => void>([
    ['image', keep('image', (entry) => entry)],
    ['build', keep('build', (entry) => entry)],
    ['command', set('command', readCommand)],
    ['entrypoint', set('entrypoint', readCommand)],
    ['environment', keep('environment', ({ value }) => form.pairs(value))],
    ['env_file', keep('fileEnvironment', ({ value }) => readEnvFiles(form, value))],
    ['working_dir', ({ value }) => Object.assign(is, workingDir(form, value))],
    ['user', ({ value }) => Object.assign(is, user(form, value))],
    ['expose', set('expose', expose)],
    ['networks', keep('attached', ({ value }) => readAttached(form, value))],
    ['volumes', ({ value }) => void mounts.push(...readMounts(form, value))],
    ['tmpfs', ({ value }) => void mounts.push(...readTmpfs(form, value))],
    ['depends_on', keep('dependencies', ({ value }) => readDependsOn(form, value))],
    ['healthcheck', ({ value }) => Object.assign(is, healthcheck(form, value))],
    ['read_only', set('readOnly', truth)],
    ['cap_drop', set('capDrop', readCapDrop)],
    ['cap_add', ({ value }) => Object.assign(is, { capAdd: readCapAdd(form, value) })],
    ['extra_hosts', ({ value }) => Object.assign(is, { extraHosts: readExtraHosts(form, value) })],
    ['links', keep('links', ({ value }) => readLinks(form, value))],
    ['secrets', ({ value }) => void grants.push(...readGrants(form, 'secrets', value))],
    ['configs', ({ value }) => void grants.push(...readGrants(form, 'configs', value))],
    ['stdin_open', set('stdinOpen', truth)],
    ['tty', set('tty', truth)],
    [
      'ports',
      (entry) => {
        is.ports = readPorts(form, entry.value);
        form.note('ports', entry.location);
      },
    ],
    ['deploy', ({ value }) => readDeploy(form, value)],
    ['logging', (entry) => readLogging(form, entry)],
  ]);
  form.fields(tree, 'service', readers);
  is.environment = Object.fromEntries([...read.fileEnvironment, ...read.environment]);
  if (mounts.length + grants.length > mostMounts)
    form.refuse('too-many', tree.location, text(`at most ${mostMounts} volumes`, `最多 ${mostMounts} 個磁碟區`));
  const targets = new Set<string>();
  for (const { target, location } of [...mounts.map((one) => ({ ...one, target: one.mount.target })), ...grants])
    if (targets.size === targets.add(target).size)
      form.refuse('mount-target', location, quoting(target, 'two volumes are mounted at {}', '有兩個磁碟區掛載到 {}'));
  Object.assign(is, imageOrBuild(form, location, read.image, read.build));
  return { service: is, attached: read.attached, mounts, dependencies: read.dependencies, links: read.links, grants, location };
}

const truth = (form: ComposeReader, tree: Tree): boolean => form.truth(tree) ?? false;

function healthcheck(form: ComposeReader, tree: Tree): Pick<NormalService, 'healthcheck'> {
  const read = readHealthcheck(form, tree);
  return read ? { healthcheck: read } : {};
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

/** A service's image or build: exactly one of both, and only a permitted image. */
function imageOrBuild(
  form: ComposeReader,
  location: Tree['location'],
  image: Entry | undefined,
  build: Entry | undefined,
): Pick<NormalService, 'image' | 'named' | 'unavailable' | 'build'> {
  const written = image && form.word(image.value);
  const reference = written === undefined ? undefined : normalReference(written);
  if (build) {
    // the name of a built image: the grader uses its own
    if (image && written !== undefined && reference === undefined)
      form.refuse('image-not-allowed', image.value.location, imageRefused(written));
    const built = readBuild(form, build.value);
    return built ? { build: built } : {};
  }
  if (!image) form.refuse('image-missing', location, text('a service needs `image` or `build`', '服務需要 `image` 或 `build`'));
  if (!image || written === undefined) return {};
  const chosen = reference === undefined ? undefined : form.context.images.choose(reference);
  if (reference === undefined || chosen === undefined) {
    form.refuse('image-not-allowed', image.value.location, imageRefused(written));
    return {};
  }
  const { used, ...why } = chosen;
  if (used === reference) return { image: used };
  form.context.diagnostics.note('image', image.value.location, imageReplaced(reference, chosen), form.service);
  return { image: used, named: reference, ...why };
}
