import { down, running, status, up } from '../../docker/embedded/embedded-engine.ts';
import { gradingHomes } from '../../docker/embedded/grading-engine.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';
import { listRuns } from '../../run/journal.ts';
import type { Cli } from '../context.ts';
import { interruptible } from '../interrupted.ts';
import { goesOn, isDown, isUp, shellLines, statusLines, wasDown, wasUp } from '../output/engine-lines.ts';
import { promptsOn, stagesOn } from '../prompts/prompts.ts';

interface Options {
  readonly json?: boolean;
  readonly yes?: boolean;
}
type Action = (cli: Cli, options: Options) => Promise<number>;

/**
 * `lab engine up|down|status|logs|env`: the private engine; `down` also stops the engine for submissions. Exit code 0: done, or
 * running; 1: `status` of a stopped engine, or `down` not confirmed.
 */
export async function engine(cli: Cli, options: Options, action: string): Promise<number> {
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (known) return known(cli, options);
  throw new LabError(
    'E_USAGE',
    text(`lab engine can't '${action}'`, `lab engine 沒有「${action}」這個動作`),
    text('one of: up, down, status, logs, env', '可用的動作：up、down、status、logs、env'),
  );
}

const actions: Readonly<Record<string, Action>> = {
  async up(cli, { json }) {
    const before = await running(cli.homes);
    const stages = stagesOn(cli);
    const prompts = {
      progress: stages.begin,
      unattended: cli.unattended,
      ...(stages.ask ? { ask: stages.ask } : {}),
      signal: cli.signal,
    };
    const found = before ?? (await interruptible(cli, () => up(cli.homes, prompts)).finally(stages.end));
    const { data } = await status(cli.homes);
    if (json) return printLine(cli, `${jsonText({ host: found.host, data, started: before === undefined })}`);
    return printLine(cli, (before ? wasUp : isUp)(found, data)[cli.lang]);
  },

  async down(cli, { json, yes }) {
    const engines = await Promise.all(
      [cli.homes, gradingHomes(cli.homes)].map(async (homes) => ({ homes, ...(await status(homes)) })),
    );
    if (
      !yes &&
      !(await mayStop(
        cli,
        engines.map(({ host }) => host),
      ))
    ) {
      printLine(cli, json ? jsonText({ stopped: false }) : goesOn[cli.lang]);
      return 1;
    }
    const stages = stagesOn(cli);
    // a stopped engine is not reported, but `down` still cleans up after a crash
    let stopped = false;
    try {
      for (const { homes, running: runs, pid } of engines) {
        const prompts = runs || pid !== undefined ? { progress: stages.begin } : {};
        stopped = (await down(homes, prompts)) || stopped;
      }
    } finally {
      stages.end();
    }
    if (json) return printLine(cli, jsonText({ stopped }));
    return printLine(cli, (stopped ? isDown : wasDown)[cli.lang]);
  },

  async status(cli, { json }) {
    const now = await status(cli.homes);
    printLine(cli, json ? jsonText(now, 2) : statusLines(now)[cli.lang]);
    return now.running ? 0 : 1;
  },

  async logs(cli) {
    const { log } = await status(cli.homes);
    try {
      const file = await openPlain(log);
      for await (const chunk of file.createReadStream({ encoding: 'utf8' })) cli.out.write(chunk as string);
      return 0;
    } catch (error) {
      if (error instanceof NotPlainError) throw new LabError('E_STATE', error.text, removeIt, { cause: error });
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new LabError('E_STATE', text(`the private engine has no log yet (${log})`, `專用引擎還沒有日誌（${log}）`), startIt);
    }
  },

  async env(cli) {
    const found = await running(cli.homes);
    if (found) return printLine(cli, shellLines(found));
    throw new LabError('E_ENGINE_UNREACHABLE', text('the private engine is not running', '專用引擎沒有在執行'), startIt);
  },
};

/** True if no run is using the engine, or the user confirms. Throws LabError E_STATE if it cannot prompt. */
async function mayStop(cli: Cli, hosts: readonly string[]): Promise<boolean> {
  const { underWay } = await listRuns(cli.homes);
  const ids = underWay.filter(({ endpoint }) => hosts.includes(endpoint.host)).map(({ id }) => id);
  if (ids.length === 0) return true;
  const busy = text(
    `on the private engine ${ids.length === 1 ? `a run is under way: ${ids[0]}` : `runs are under way: ${ids.join(', ')}`}`,
    `專用引擎上有尚未結束的執行：${ids.join('、')}`,
  );
  const { ask } = promptsOn(cli);
  if (!ask) {
    throw new LabError(
      'E_STATE',
      busy,
      text('wait until it ends; or stop it anyway: lab engine down --yes', '請等它結束；`lab engine down --yes` 會直接停止引擎'),
    );
  }
  return interruptible(cli, () => ask(text(`${busy.en}. Stop the engine anyway?`, `${busy['zh-TW']}。仍要停止引擎嗎？`)));
}

const removeIt = text('remove it; the engine makes a new one at its next start', '請移除它；引擎下次啟動時會建立新的');
const startIt = text('`lab engine up` starts it', '用 `lab engine up` 啟動');

const printLine = ({ out }: Cli, line: string): number => {
  out.write(`${line}\n`);
  return 0;
};
