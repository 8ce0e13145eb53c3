import { cp, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineApi } from '../docker/api/engine-api.ts';
import { imageFacts } from '../docker/api/project-facts.ts';
import type { Compose } from '../docker/compose/compose.ts';
import { runVariable } from '../docker/compose/orphans.ts';
import { type ComposeFile, parseCompose } from '../formats/compose-file.ts';
import { filled } from '../formats/interpolate.ts';
import type { StackSpec } from '../lab/stack.ts';
import { readPlain } from '../platform/plain-file.ts';
import { onPath } from '../platform/system-error.ts';
import { projectPrefix } from './journal.ts';
import { renderOverride } from './override.ts';

const overrideName = 'labwright.yaml';

/** A copy of a stack in the run's own folder, with the complete environment of its commands. */
export interface StackCopy {
  readonly dir: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  /** The images of its services whose tag is a variable. */
  readonly images: BuiltImages;
  imageOf(service: string): Promise<string>;
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
  const file = parseCompose((await readPlain(join(dir, 'compose.yaml'), { maxBytes: 4_000_000 })).toString('utf8'), join(spec.dir, 'compose.yaml'));
  const project = `${projectPrefix(runId)}${name}`;
  const images = { ...ownImages(spec, project), ...copying.builtImages };
  const settings = {
    ...images,
    ...(copying.port && spec.published?.variable !== undefined ? { [spec.published.variable]: String(copying.port) } : {}),
  };
  const imageOf = async (service: string) => filled(file.services[service]?.image ?? `${project}-${service}`, settings);
  const override = join(dir, overrideName);
  const contents = renderOverride(file, runId, await wantedVolumes(copying.api, file, imageOf));
  await onPath(override, () => writeFile(override, contents));
  return {
    dir,
    project,
    imageOf,
    images,
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

/** A tag of the run's own for each image whose tag is a variable. */
const ownImages = ({ services }: StackSpec, project: string): BuiltImages =>
  Object.fromEntries(
    Object.values(services).flatMap(({ name, imageVariable }) =>
      imageVariable === undefined ? [] : [[imageVariable, `${project}-${name}:lab`]],
    ),
  );

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
