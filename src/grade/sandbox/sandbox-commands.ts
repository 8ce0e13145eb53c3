import { type Compose, composeLine } from '../../docker/compose/compose.ts';
import { runVariable } from '../../docker/compose/orphans.ts';
import { LabError } from '../../lab/error.ts';
import type { Stack } from '../../lab/stack.ts';
import { text } from '../../lab/text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { runLine, shellLine } from '../../platform/shell.ts';
import { openStack, type StackPlace } from '../../run/open-stack.ts';
import { askFirst, type FrontOptions, openFront } from './proxy-front.ts';

const silent = { started: () => {}, finished: () => {}, note: () => {} };
/** Time limit for a command that a learner types in a container. */
const typedMs = 10_000;

/** The environment of a submission's Compose commands. */
export const composeEnv = (
  compose: Compose,
  { runDir, project, file, runId }: { runDir: string; project: string; file: string; runId: string },
): Readonly<Record<string, string>> => ({
  ...compose.env,
  HOME: runDir,
  COMPOSE_PROJECT_NAME: project,
  COMPOSE_FILE: file,
  COMPOSE_DISABLE_ENV_FILE: '1',
  COMPOSE_ANSI: 'never',
  BUILDKIT_PROGRESS: 'plain',
  DOCKER_CLI_HINTS: 'false',
  [runVariable]: runId,
});

export interface SandboxCommandsOptions extends Omit<StackPlace, 'published'>, FrontOptions {
  /** Called with each line that a command prints. */
  output(line: string): void;
}

/** The commands of a step, as performed on a submission. */
export function sandboxCommands(options: SandboxCommandsOptions, signal: AbortSignal): Stack {
  const own = openStack({ ...options, published: '' }, { ...silent, output: options.output }, signal);
  return {
    ...own,
    compose: async (pieces, ...values) => {
      const words = shellLine(pieces, values);
      await (words.startsWith('exec ') ? typeInside(options, words, signal) : own.compose(pieces, ...values));
    },
    shell: async (line) => {
      const [, words] = /^docker compose (.*)$/.exec(line) ?? [];
      if (words === undefined) throw onlyCompose(line);
      await (words.startsWith('exec ') ? typeInside(options, words, signal) : own.shell(line));
    },
    pull: async () => undefined,
    // Without a mark, as a learner's own requests.
    curl: async (count) => {
      const { fronts, status } = await openFront(options, signal);
      // the other requests would get the same answer, each after some seconds
      if (status < 500) await askFirst(fronts, Array<string>(count - 1).fill(''), { keepAlive: false, path: '/' });
    },
  };
}

const onlyCompose = (line: string): LabError =>
  new LabError(
    'E_LAB_INVALID',
    text(`in a class, a step can't run on this machine: ${line}`, `批改時，步驟不能在這台機器上執行：${line}`),
    text('use `docker compose exec` for it', '請改用 `docker compose exec`'),
  );

/**
 * Runs what a learner types in a container of the submission. Ignores its output and exit code: the checks examine the result
 * afterwards.
 */
async function typeInside(
  { compose, clock, dir, env }: SandboxCommandsOptions,
  words: string,
  signal: AbortSignal,
): Promise<void> {
  const late = clock.after(typedMs);
  const { started } = composeLine(compose, words.replace(/^exec /, 'exec -T '));
  using ends = anySignal(signal, late);
  await runLine(`${started} >/dev/null 2>&1`, { cwd: dir, env, signal: ends }).catch((error) => {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
  });
}
