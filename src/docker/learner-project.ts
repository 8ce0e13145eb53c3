import { realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type ComposeFile, composeFileNames, parseCompose } from '../formats/compose-file.ts';
import { filled } from '../formats/interpolate.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { loadPlain } from '../platform/plain-file.ts';
import type { EngineApi } from './api/engine-api.ts';

/** A folder with a Compose file, as Compose would read it there. */
export interface OwnFolder {
  readonly dir: string;
  readonly path: string;
  readonly file: ComposeFile;
  /** Variables for the file's `${…}`: the folder's `.env`, then the caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Env = Readonly<Record<string, string | undefined>>;

const read = async (path: string): Promise<string | undefined> =>
  (await loadPlain(path, { code: 'E_PROJECT_INVALID', hint: replaceIt, maxBytes: 4_000_000 }))?.toString();

const replaceIt = text('replace it with a readable regular file, or remove it', '請改放可以讀取的一般檔案，或移除它');

/** The Compose file in `dir` itself; undefined: none. Throws LabError E_PROJECT_INVALID for one that cannot be read. */
async function fileIn(dir: string, env: Env): Promise<OwnFolder | undefined> {
  for (const name of composeFileNames) {
    const path = join(dir, name);
    const written = await read(path);
    if (written !== undefined) return folderOf(dir, path, written, env);
  }
  return undefined;
}

async function folderOf(dir: string, path: string, written: string, env: Env): Promise<OwnFolder> {
  const dotenv = parseEnv((await read(join(dir, '.env'))) ?? '');
  return { dir, path, file: parseCompose(written, path, 'E_PROJECT_INVALID'), env: { ...dotenv, ...env } };
}

/**
 * The location of the learner's Compose file: what COMPOSE_FILE names, else in `cwd`, else in one of the `below` folders there, else, as Compose
 * searches, in a parent folder. Undefined: none. Throws LabError E_PROJECT_UNKNOWN if COMPOSE_FILE names a file that does not exist, E_PROJECT_INVALID
 * for one that cannot be read.
 */
export async function findOwnFolder(cwd: string, env: Env, below: readonly string[]): Promise<OwnFolder | undefined> {
  const named = env['COMPOSE_FILE']?.split(env['COMPOSE_PATH_SEPARATOR'] || delimiter)[0];
  if (named) {
    const path = resolve(cwd, named);
    const written = await read(path);
    if (written === undefined) throw notThere(path);
    return folderOf(dirname(path), path, written, env);
  }
  for (const dir of [cwd, ...below.map((one) => join(cwd, one))]) {
    const found = await fileIn(dir, env);
    if (found) return found;
  }
  for (let dir = cwd; dir !== dirname(dir); ) {
    dir = dirname(dir);
    const found = await fileIn(dir, env);
    if (found) return found;
  }
  return undefined;
}

const notThere = (path: string): LabError =>
  new LabError(
    'E_PROJECT_UNKNOWN',
    text(`COMPOSE_FILE names ${path}, which does not exist`, `COMPOSE_FILE 指定的 ${path} 不存在`),
    text('correct that name, or `unset COMPOSE_FILE`', '請修正這個名稱，或執行 `unset COMPOSE_FILE`'),
  );

interface Listed {
  readonly Labels: Readonly<Record<string, string>>;
}

/** The projects that containers from a folder, running or not, belong to, by Compose's labels. */
async function projectsOf(api: EngineApi, dir: string): Promise<string[]> {
  const listed = await api.get<Listed[]>('/containers/json', {
    all: true,
    filters: JSON.stringify({ label: ['com.docker.compose.project.working_dir'] }),
  });
  const here = await realpath(dir);
  const found = await Promise.all(
    listed.map(async ({ Labels }) => {
      const from = Labels['com.docker.compose.project.working_dir'] ?? '';
      // a folder that no longer exists is not this one
      const real = await realpath(from).catch(() => from);
      return real === here ? Labels['com.docker.compose.project'] : undefined;
    }),
  );
  return [...new Set(found.filter((one) => one !== undefined))].sort();
}

/** A Compose project, and the folder that it was started from, as Compose recorded it. */
export interface PublishingProject {
  readonly project: string;
  readonly dir: string;
}

/** The Compose projects that publish a port of the engine's machine now. */
export async function projectsPublishing(api: EngineApi, port: number): Promise<PublishingProject[]> {
  const listed = await api.get<(Listed & { readonly Ports: readonly { readonly PublicPort?: number }[] })[]>('/containers/json', {
    filters: JSON.stringify({ publish: [String(port)], label: ['com.docker.compose.project.working_dir'] }),
  });
  // the filter also finds a container that exposes the port without publishing it
  const publishing = listed.filter(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  return publishing.map(({ Labels }) => ({
    project: Labels['com.docker.compose.project'] ?? '',
    dir: Labels['com.docker.compose.project.working_dir'] ?? '',
  }));
}

/** An explicit project name: from the environment, `.env`, or `name:`. */
const givenName = ({ file, env }: OwnFolder): string | undefined =>
  env['COMPOSE_PROJECT_NAME'] || (file.name ? filled(file.name, env) : undefined);

/** The project name that Compose derives from a folder. */
const nameByFolder = (dir: string): string =>
  basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');

/**
 * The project that runs, or ran, from a folder: of the names that its containers have, the explicit one or the only one; without containers, the name
 * that Compose would use. Throws LabError E_PROJECT_AMBIGUOUS if there are several.
 */
export async function findOwnProject(api: EngineApi, folder: OwnFolder): Promise<string> {
  const projects = await projectsOf(api, folder.dir);
  const given = givenName(folder);
  if (given !== undefined && projects.includes(given)) return given;
  if (projects.length < 2) return projects[0] ?? given ?? nameByFolder(folder.dir);
  throw new LabError(
    'E_PROJECT_AMBIGUOUS',
    text(
      `${projects.length} projects were started from ${folder.dir}: ${projects.join(', ')}`,
      `從 ${folder.dir} 啟動了 ${projects.length} 個專案：${projects.join('、')}`,
    ),
    text(`name one of them: --project ${projects[0]}`, `請指定其中一個：--project ${projects[0]}`),
  );
}
