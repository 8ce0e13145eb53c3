// time limit: 600 s
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../src/platform/package-root.ts';
import { folder } from '../helpers/folder.ts';

/** The built program in unusual environments: it reports a clear error or uses a default, and never ends with an internal error. */

interface Result {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
/** Runs the program with only this environment. `start`: a program with arguments that starts Node. */
function lab(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string, start: readonly string[] = []): Promise<Result> {
  const [program = '', ...rest] = [...start, process.execPath, join(root, 'dist/src/cli/main.js'), ...args];
  const child = spawn(program, rest, { cwd, env: { LANG: 'C', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}

const PATH = process.env.PATH ?? '';
const commands = [['list'], ['engine', 'status'], ['clean', '--dry-run'], ['verify'], ['grade', '/no/such/class']] as const;
type Command = (typeof commands)[number][0];

/** Runs every command and asserts a documented exit code and no stack trace. Resolves to the output of each. */
async function everyCommand(
  env: NodeJS.ProcessEnv,
  cwd = folder(),
  start: readonly string[] = [],
): Promise<Record<Command, Result>> {
  const all = await Promise.all(commands.map(async (args) => [args[0], await lab(args, env, cwd, start)] as const));
  for (const [name, { exitCode, stdout, stderr }] of all) {
    assert.ok([0, 1, 2, 3].includes(exitCode ?? -1), `lab ${name} ended with ${exitCode}: ${stderr}`);
    assert.not.match(stdout + stderr, /\n {4}at (async |\S+ \(|file:|node:)|Internal error in labwright/, `lab ${name}`);
  }
  const results = Object.fromEntries(all) as Record<Command, Result>;
  assert.is(results.list.exitCode, 0);
  assert.is(results.grade.exitCode, 2);
  return results;
}
const firstLine = ({ stderr }: Result): string | undefined => stderr.split('\n')[0];

test('with an empty or relative HOME, the home folder of the user database is used, as in the docker CLI', async () => {
  const { userInfo } = await import('node:os');
  const home = userInfo().homedir;
  for (const HOME of ['', 'no/such']) {
    const { engine } = await everyCommand({ PATH, HOME });
    assert.match(engine.stdout, join(home, '.local/state/labwright/engine'));
  }
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
/** Runs a command as a user that is not in the user database, but may read the clone in any folder. */
const unknownUser =
  'setpriv --reuid=12345 --regid=12345 --clear-groups --inh-caps=+dac_read_search --ambient-caps=+dac_read_search';
(isRoot ? test : test.skip)('a user ID that is not in the user database: E_STATE, unless the XDG folders are set', async () => {
  const start = unknownUser.split(' ');
  const without = await everyCommand({ PATH }, '/', start);
  const line =
    'error E_STATE: there is no home folder: HOME is not an absolute path, and the user database has none for user ID 12345';
  for (const name of ['engine', 'clean', 'verify'] as const) {
    assert.equal([without[name].exitCode, firstLine(without[name])], [3, line], name);
    assert.match(without[name].stderr, 'hint: set HOME, or both XDG_STATE_HOME and XDG_CACHE_HOME, to the absolute path');
  }
  const state = folder();
  const named = await everyCommand({ PATH, XDG_STATE_HOME: state, XDG_CACHE_HOME: state }, '/', start);
  assert.match(named.engine.stdout, join(state, 'labwright/engine'));
  assert.match(firstLine(named.verify) ?? '', /^error E_ENGINE_UNREACHABLE: no Docker/);
});

test("a currentContext of the wrong type in Docker's configuration: the error contains file and field", async () => {
  const HOME = folder({ '.docker/config.json': '{"currentContext": 42}' });
  const [{ verify }, doctor] = await Promise.all([everyCommand({ PATH, HOME }), lab(['doctor'], { PATH, HOME }, HOME)]);
  const words = `Docker's settings in ${HOME}/.docker/config.json: \`currentContext\` is not a non-empty string`;
  assert.equal([verify.exitCode, firstLine(verify)], [3, `error E_ENGINE_UNREACHABLE: ${words}`]);
  assert.is(doctor.exitCode, 1);
  assert.match(doctor.stdout.replace(/\s+/g, ' '), '`currentContext` is not a non-empty string');
});

test("a context's Host of the wrong type: the error contains file and field", async () => {
  const id = createHash('sha256').update('lab').digest('hex');
  const path = `.docker/contexts/meta/${id}/meta.json`;
  const HOME = folder({ [path]: '{"Name":"lab","Endpoints":{"docker":{"Host":42}}}' });
  const { verify } = await everyCommand({ PATH, HOME, DOCKER_CONTEXT: 'lab' });
  const words = `Docker's settings in ${HOME}/${path}: \`Endpoints.docker.Host\` is not a non-empty string`;
  assert.equal([verify.exitCode, firstLine(verify)], [3, `error E_ENGINE_UNREACHABLE: ${words}`]);
});

test('relative XDG folders are ignored', async () => {
  const [HOME, cwd] = [folder(), folder()];
  const env = { PATH, HOME, XDG_STATE_HOME: 'state', XDG_CACHE_HOME: './cache', XDG_RUNTIME_DIR: 'run' };
  const { engine, verify } = await everyCommand(env, cwd);
  assert.match(engine.stdout, join(HOME, '.local/state/labwright/engine'));
  assert.not.match(verify.stderr, 'run/docker.sock, run');
  assert.not.ok(existsSync(join(cwd, 'state')) || existsSync(join(cwd, 'cache')));
});

test('a removed current folder is reported', async () => {
  const state = folder();
  const [program = '', ...rest] = ['sh', '-c', 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'];
  let at = 0;
  const gone = (): string => join(realpathSync(state), `gone-${at++}`);
  const here = [
    ...commands,
    ['run'],
    ['start'],
    ['learn'],
    ['learn', '--follow'],
    ['break'],
    ['test'],
    ['doctor'],
    ['images', 'list'],
  ];
  // each command removes its own current folder
  const all = await Promise.all(here.map((args) => lab(args, { PATH, HOME: state }, state, [program, ...rest, gone()])));
  for (const [index, { exitCode, stderr }] of all.entries()) {
    const [name] = here[index] ?? [''];
    const error =
      'error E_USAGE: the current folder no longer exists\nhint: go to a folder that exists (`cd`), then give the command again\n';
    assert.equal([name, exitCode, stderr], name === 'list' ? [name, 0, ''] : [name, 2, error]);
  }
});

test('invalid values of LANG, TERM, TMPDIR and DOCKER_HOST cause no internal error', async () => {
  const HOME = folder();
  mkdirSync(join(HOME, 'tmp'));
  const odd = { PATH, HOME, LANG: '\u{1F4A9}', LC_ALL: 'zh_TW.no-such', TERM: 'no-such', TMPDIR: '/no/such' };
  await everyCommand(odd);
  assert.is((await lab(['run', '--help'], odd, HOME)).exitCode, 0);
  await everyCommand({ PATH: '', HOME, LANG: '', TMPDIR: '' });
  const verify = await lab(['verify'], { PATH, HOME, DOCKER_HOST: 'tcp://127.0.0.1:99999' }, folder());
  assert.is(
    firstLine(verify),
    'error E_ENGINE_UNREACHABLE: no Docker engine answers at tcp://127.0.0.1:99999 (there is no port 99999)',
  );
});

test.run();
