import { readdir, realpath } from 'node:fs/promises';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { projectFacts } from '../../docker/api/project-facts.ts';
import type { Compose } from '../../docker/compose/compose.ts';
import { findOwnFolder, findOwnProject, type OwnFolder } from '../../docker/learner-project.ts';
import { filled } from '../../formats/interpolate.ts';
import { LabError } from '../../lab/error.ts';
import { askRoles, inferRoles, type RoleQuestion, stackAsFound } from '../../lab/infer-roles.ts';
import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { cluesIn } from './service-clues.ts';

/** A learner's own stack: the learner's folder and project. */
export interface OwnStack {
  /** Its key in the tutorial's stacks. */
  readonly stack: string;
  readonly spec: StackSpec;
  /** The real path, with links resolved. */
  readonly dir: string;
  readonly project: string;
  imageOf(service: string): Promise<string>;
}

export interface LocateOptions {
  readonly api: EngineApi;
  /** The names of what the learner's Compose creates depend on its version. */
  readonly compose: Compose;
  readonly tutorial: Tutorial;
  /** The requested stack; omitted: the one whose roles the services of the learner's Compose file have. */
  readonly stack?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's name, if specified. */
  readonly project?: string;
  /** Services that the learner assigned to roles. */
  readonly roles?: ServiceNames;
}

/**
 * Finds the learner's own stack. Changes nothing. Throws LabError E_PROJECT_UNKNOWN if there is no Compose file, or one of
 * another project; E_PROJECT_AMBIGUOUS if there are several projects, or several services for one role; E_PROJECT_INVALID for a Compose file that cannot be read.
 */
export async function locateOwn(locating: LocateOptions): Promise<OwnStack> {
  const { api, compose, tutorial, cwd, env } = locating;
  const wanted = locating.stack === undefined ? [] : [tutorial.stacks[locating.stack]?.dir ?? ''];
  const folder = await findOwnFolder(cwd, env, wanted);
  if (!folder) throw await noFolder(tutorial, cwd);
  const { stack, spec } = await stackIn(tutorial, folder, locating);
  const project = locating.project ?? (await findOwnProject(api, folder));
  const imageOf = imagesOf(api, folder, builtName(compose, project));
  return { stack, spec, dir: await realpath(folder.dir), project, imageOf };
}

/** The stack whose roles the folder's services have, with the services' names, ports and files. */
async function stackIn(
  tutorial: Tutorial,
  folder: OwnFolder,
  { stack: asked, roles = {} }: LocateOptions,
): Promise<{ stack: string; spec: StackSpec }> {
  const all = await Promise.all(
    Object.entries(tutorial.stacks).map(async ([stack, spec]) => {
      const clues = await cluesIn(folder, spec.proxy);
      const found = inferRoles(spec, clues, roles);
      // one image of a role's own is no evidence of the stack: many projects have a web server
      const named = found.certain.some((role) => found.names[role] === spec.services[role]?.name);
      const count = named || found.certain.length > 1 ? found.certain.length : 0;
      return { stack, found, count, share: count / Object.keys(spec.services).length, spec: stackAsFound(spec, clues, found) };
    }),
  );
  const best = all.filter(({ count }) => count > 0).sort((a, b) => b.share - a.share || b.count - a.count)[0];
  const meant = asked === undefined ? best : all.find(({ stack, count }) => stack === asked && count > 0);
  if (meant && (asked === undefined || best?.share === meant.share)) {
    assertRoles(meant.spec, folder, roles);
    if (meant.found.questions.length > 0) throw unclearRoles(folder, meant.found.questions);
    return meant;
  }
  if (asked !== undefined && best && best.stack !== asked) throw otherStack(tutorial, folder.path, asked);
  throw noStack(tutorial, folder, asked === undefined ? Object.keys(tutorial.stacks) : [asked]);
}

/** Throws LabError E_USAGE for a role that the stack does not have, and for a service that the file does not have. */
function assertRoles({ services }: StackSpec, { file, path }: OwnFolder, roles: ServiceNames): void {
  for (const [role, service] of Object.entries(roles)) {
    const [all, wrong] = role in services ? [Object.keys(file.services), service] : [Object.keys(services), role];
    if (all.includes(wrong)) continue;
    throw new LabError(
      'E_USAGE',
      role in services
        ? text(`lab verify: ${path} has no service ${service}`, `lab verify：${path} 沒有服務 ${service}`)
        : text(`lab verify: this stack has no role ${role}`, `lab verify：這組服務沒有角色 ${role}`),
      text(`available: ${all.join(', ')}`, `可用的有：${all.join('、')}`),
    );
  }
}

function unclearRoles({ path }: OwnFolder, questions: readonly RoleQuestion[]): LabError {
  const asked = askRoles(questions);
  const [{ role = '', candidates = [] } = {}] = questions;
  return new LabError(
    'E_PROJECT_AMBIGUOUS',
    text(`${path}: ${asked.en}`, `${path}：${asked['zh-TW']}`),
    text(`name it: --role ${role}=${candidates[0]}`, `請指定：--role ${role}=${candidates[0]}`),
  );
}

const otherStack = (tutorial: Tutorial, path: string, stack: string): LabError => {
  const services = Object.values(tutorial.stacks[stack]?.services ?? {}).map(({ name }) => name);
  return new LabError(
    'E_PROJECT_UNKNOWN',
    text(
      `${path} is another stack: this needs the services ${services.join(', ')}`,
      `${path} 是另一組服務：這裡需要的服務是 ${services.join('、')}`,
    ),
    text(
      `go to the folder with that stack's Compose file (the tutorial's ${tutorial.stacks[stack]?.dir} folder), and ask there`,
      `請切換到那組服務的 Compose 檔所在的資料夾（教學的 ${tutorial.stacks[stack]?.dir} 資料夾）再執行`,
    ),
  );
};

/** The file has the roles of no stack. */
function noStack({ stacks }: Tutorial, { path, file }: OwnFolder, wanted: readonly string[]): LabError {
  const found = Object.keys(file.services);
  const needs = (separator: string) =>
    wanted.map((id) => serviceList(stacks[id]?.services ?? {}, separator)).join(separator === ', ' ? '; or ' : '；或 ');
  const [role = ''] = Object.keys(stacks[wanted[0] ?? '']?.services ?? {});
  return new LabError(
    'E_PROJECT_UNKNOWN',
    text(
      `${path} is no stack of this tutorial: it has the services ${found.join(', ') || '(none)'}; needed are ${needs(', ')}`,
      `${path} 不是這份教學的服務：它有的服務是 ${found.join('、') || '（沒有）'}；需要的是 ${needs('、')}`,
    ),
    text(
      `add what is missing, or name the service of a role: --role ${role}=${found[0] ?? 'NAME'}; \`lab start\` creates a folder with the tutorial's files`,
      `請補上缺少的服務，或指定角色的服務：--role ${role}=${found[0] ?? 'NAME'}；\`lab start\` 會建立含有教學檔案的資料夾`,
    ),
  );
}

const serviceList = (services: StackSpec['services'], separator: string): string =>
  Object.values(services)
    .map(({ name }) => name)
    .join(separator);

const noFolder = async (tutorial: Tutorial, cwd: string): Promise<LabError> => {
  const dirs = Object.values(tutorial.stacks).map((spec) => spec.dir);
  const here = await readdir(cwd);
  const below = dirs.find((dir) => here.includes(dir));
  return new LabError(
    'E_PROJECT_UNKNOWN',
    text(`there is no Compose file in ${cwd}, nor above it`, `${cwd} 和上層資料夾裡都沒有 Compose 檔`),
    below === undefined
      ? text(
          `create a folder with the tutorial's files: lab start; if you have one, go to its folder ${dirs.join(' or ')}`,
          `請建立含有教學檔案的資料夾：lab start；如果已經有了，請切換到裡面的 ${dirs.join(' 或 ')} 資料夾`,
        )
      : text(`go to the folder of the stack: cd ${below}`, `請切換到那組服務的資料夾：cd ${below}`),
  );
};

interface Built {
  readonly project: string;
  tagOf(service: string): string;
}

/** The tag that Compose gives to an image that it builds without a name in the file: Compose 1 with `_`. */
const builtName = ({ version }: Compose, project: string): Built => ({
  project,
  tagOf: (service) => `${project}${version.startsWith('1.') ? '_' : '-'}${service}`,
});

/** The image of a service: from its container, else from the Compose file, else as Compose would tag it. */
const imagesOf =
  (api: EngineApi, { file, env }: OwnFolder, { project, tagOf }: Built): OwnStack['imageOf'] =>
  async (service) => {
    const { replicas } = await projectFacts(api, project);
    const made = replicas.find((one) => one.service === service);
    if (made) return made.image;
    const named = file.services[service]?.image;
    return named ? filled(named, env) : tagOf(service);
  };
