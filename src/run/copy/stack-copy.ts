import { cp, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { imageFacts } from '../../docker/api/project-facts.ts';
import type { Compose } from '../../docker/compose/compose.ts';
import { runVariable } from '../../docker/compose/orphans.ts';
import { dotenvOf } from '../../docker/images/required-images.ts';
import { type ComposeFile, parseCompose } from '../../formats/compose-file.ts';
import { filled } from '../../formats/interpolate.ts';
import { movePort } from '../../formats/move-port.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { projectPrefix } from '../journal.ts';
import { renderOverride } from './override.ts';

const overrideName = 'labwright.yaml';

/** A copy of a stack in the run's own folder, with the complete environment of its commands. */
export interface StackCopy {
  readonly dir: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  /** The images of its services whose tag is a variable. */
  readonly images: BuiltImages;
  /** Its Compose file as the author wrote it, and the port that the copy publishes instead; omitted: the copy is the same. */
  readonly moved?: MovedFile;
  imageOf(service: string): Promise<string>;
}

interface MovedFile {
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

/** Image tags, by the variable of the Compose file that holds each. */
export type BuiltImages = Readonly<Record<string, string>>;

export interface StackCopyOptions {
  readonly api: EngineApi;
  readonly compose: Compose;
  readonly runId: string;
  readonly name: string;
  readonly spec: StackSpec;
  /** The folder that contains the tutorial's stacks. */
  readonly assets: string;
  readonly runDir: string;
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: number | undefined;
  /** Existing tags; omitted: the run's own. */
  readonly builtImages?: BuiltImages;
}

export async function copyStack(copying: StackCopyOptions): Promise<StackCopy> {
  const { runId, name, spec, compose } = copying;
  const folder = join(copying.runDir, name);
  await onPath(folder, () => cp(join(copying.assets, spec.dir), folder, { recursive: true }));
  // the real path, as Compose reports it to the engine if a parent folder is a link
  const dir = await realpath(folder);
  const path = join(dir, 'compose.yaml');
  const source = (await readPlain(path, { maxBytes: 4_000_000 })).toString('utf8');
  const file = parseCompose(source, join(spec.dir, 'compose.yaml'));
  const { published } = spec;
  const isMoved = copying.port !== undefined && published?.variable === undefined && published?.hostPort !== copying.port;
  const moved = isMoved && published ? { source, from: published.hostPort, to: copying.port ?? 0 } : undefined;
  if (moved) await onPath(path, () => writeFile(path, movePort(source, moved.from, moved.to)));
  const project = `${projectPrefix(runId)}${name}`;
  const variables = imageVariables(spec, file);
  const images = { ...ownImages(variables, project), ...copying.builtImages };
  const settings = {
    ...images,
    ...(copying.port && spec.published?.variable !== undefined ? { [spec.published.variable]: String(copying.port) } : {}),
  };
  const variablesOfFile = { ...(await dotenvOf(dir)), ...userEnv(copying.env), ...settings };
  const imageOf = async (service: string) => {
    const variable = variables[service];
    const own = variable === undefined ? undefined : images[variable];
    return own ?? filled(file.services[service]?.image ?? `${project}-${service}`, variablesOfFile);
  };
  const override = join(dir, overrideName);
  const contents = renderOverride(file, runId, await wantedVolumes(copying.api, file, imageOf), referring(spec, variables));
  await onPath(override, () => writeFile(override, contents));
  return {
    dir,
    project,
    imageOf,
    images,
    ...(moved ? { moved } : {}),
    env: {
      ...pastProxies(userEnv(copying.env)),
      ...compose.env,
      ...settings,
      COMPOSE_PROJECT_NAME: project,
      COMPOSE_FILE: `compose.yaml:${overrideName}`,
      COMPOSE_PATH_SEPARATOR: ':',
      COMPOSE_ANSI: 'never',
      BUILDKIT_PROGRESS: 'plain',
      DOCKER_CLI_HINTS: 'false',
      [runVariable]: runId,
    },
  };
}

/** The variable that holds each service's image: that of its file, or one of ours for an image that is built. */
function imageVariables({ services }: StackSpec, file: ComposeFile): Readonly<Record<string, string>> {
  const all = Object.entries(file.services);
  const built = all.filter(([, service]) => service?.build);
  const builtAs = (image: string | undefined) => built.find(([, service]) => image !== undefined && service?.image === image);
  const own = Object.fromEntries(
    all.flatMap(([name, service]) => {
      const [builder] = service?.build ? [name] : (builtAs(service?.image) ?? []);
      return builder === undefined ? [] : [[name, ownVariable(builder)]];
    }),
  );
  const given = Object.values(services).flatMap(({ name, imageVariable }) =>
    imageVariable === undefined ? [] : [[name, imageVariable] as const],
  );
  return { ...own, ...Object.fromEntries(given) };
}

const ownVariable = (service: string): string => `LABWRIGHT_IMAGE_${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;

/** What the override has to set: services whose file does not use the variable. */
const referring = ({ services }: StackSpec, variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const given = Object.values(services).flatMap(({ name, imageVariable }) => (imageVariable === undefined ? [] : [name]));
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, variable]) => (given.includes(name) ? [] : [[name, `\${${variable}}`]])),
  );
};

/** A service's name as a part of an image's (docs.docker.com/reference/cli/docker/image/tag: lower case, and no two separators in a row). */
const imagePart = (service: string): string =>
  service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'service';

/** A tag of the run's own for each image in a variable. */
const ownImages = (variables: Readonly<Record<string, string>>, project: string): BuiltImages =>
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [variable, `${project}-${imagePart(name)}:lab`]));

/** The caller's environment without the variables that change what Compose does. */
const userEnv = (env: StackCopyOptions['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && !/^(COMPOSE_|BUILDKIT_|DOCKER_)/.test(pair[0]),
    ),
  );

/** A proxy cannot reach this machine's loopback, where the stacks publish their ports: excludes loopback from proxying. */
function pastProxies(env: Record<string, string>): Record<string, string> {
  const { no_proxy: small, NO_PROXY: large } = env;
  // programs that read both variables use the first that is set, and `*` only works alone
  const widened = (hosts: string | undefined) =>
    hosts === '*' ? hosts : [hosts, '127.0.0.1,localhost'].filter(Boolean).join(',');
  return { ...env, no_proxy: widened(small || large), NO_PROXY: widened(large || small) };
}

async function wantedVolumes(
  api: EngineApi,
  file: ComposeFile,
  imageOf: StackCopy['imageOf'],
): Promise<Record<string, readonly string[]>> {
  const pulled = Object.entries(file.services).filter(([, service]) => !service?.build);
  const found = await Promise.all(
    pulled.map(async ([name]) => [name, (await imageFacts(api, await imageOf(name))).volumes] as const),
  );
  return Object.fromEntries(found);
}
