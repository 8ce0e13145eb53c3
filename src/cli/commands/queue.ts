import { jsonText, shown } from '../../formats/untrusted-text.ts';
import { openQueue } from '../../grade/queue/bull/open-queue.ts';
import { type ClassOverview, type QueueServer, usualTimes } from '../../grade/queue/port.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { version } from '../../platform/package-root.ts';
import type { Cli } from '../context.ts';
import { abandonable } from '../interrupted.ts';
import { queueStateLines } from '../output/queue-state-lines.ts';
import { promptsOn } from '../prompts/prompts.ts';
import { queueAddressOf } from '../queue-server.ts';

interface Options {
  readonly queue?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}
interface Call {
  readonly cli: Cli;
  readonly options: Options;
  readonly server: QueueServer;
  readonly all: readonly ClassOverview[];
  /** Those that were named. */
  readonly named: readonly ClassOverview[];
}
/** The classes that the action changed, and what was done, as text. */
type Action = (call: Call) => Promise<{ classes: readonly ClassOverview[]; lines: readonly string[] } | 'not confirmed'>;

/** `lab queue status|drain|purge [classes]`: what is on a queue server. Exit code 1: the removal was not confirmed. */
export async function queue(cli: Cli, options: Options, action: string, classes: readonly string[]): Promise<number> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!act)
    throw new LabError(
      'E_USAGE',
      text(`lab queue has no action '${shown(action)}'`, `lab queue 沒有「${shown(action)}」這個動作`),
      text('one of: status, drain, purge', '可用的動作：status、drain、purge'),
    );
  const address = await queueAddressOf('lab queue', options.queue, cli);
  return abandonable(cli, async () => {
    await using server = await openQueue(address, { times: usualTimes, signal: cli.signal });
    const all = await server.overview();
    const done = await act({ cli, options, server, all, named: namedIn(all, classes) });
    if (done === 'not confirmed') return 1;
    const lines = done.lines.map((line) => `${line}\n`).join('');
    const result = { tool: 'labwright', version, server: address.shown, classes: done.classes.map(described) };
    cli.out.write(options.json ? `${jsonText(result, 2)}\n` : lines);
    return 0;
  });
}

const actions: Readonly<Record<string, Action>> = {
  status: async ({ cli, all, named }) => {
    const classes = named.length > 0 ? named : all;
    return { classes, lines: queueStateLines(classes, cli.lang) };
  },
  drain: async ({ cli, server, all, named }) => {
    const classes = named.length > 0 ? named : all.filter(({ coordinator }) => coordinator === 'alive');
    await server.drain(classes.map(({ id }) => id));
    return { classes, lines: classes.length === 0 ? [nothingToDo[cli.lang]] : classes.map(({ id }) => drained(id)[cli.lang]) };
  },
  purge: async ({ cli, options, server, all, named }) => {
    const classes = named.length > 0 ? named : all.filter(({ coordinator }) => coordinator === 'gone');
    if (named.length === 0)
      for (const { id } of all.filter((one) => !classes.includes(one))) cli.err.write(`${leftAlone(id)[cli.lang]}\n`);
    if (classes.length === 0) return { classes, lines: [nothingToDo[cli.lang]] };
    if (!options.yes && !(await confirmed(cli, classes))) return 'not confirmed';
    await server.purge(classes.map(({ id }) => id));
    return { classes, lines: classes.map(({ id }) => purged(id)[cli.lang]) };
  },
};

async function confirmed(cli: Cli, classes: readonly ClassOverview[]): Promise<boolean> {
  const { ask } = promptsOn(cli);
  if (ask) return ask(question(classes));
  throw new LabError(
    'E_USAGE',
    text('lab queue purge asks first, and there is no terminal', 'lab queue purge 會先詢問，但目前沒有終端機'),
    text('look at `lab queue status`, then add --yes', '請先查看 `lab queue status`，再加上 --yes'),
  );
}

function question(classes: readonly ClassOverview[]): Text {
  const ids = classes.map(({ id }) => id).join(', ');
  const jobs = classes.reduce((sum, one) => sum + one.jobs.waiting + one.jobs.active + one.jobs.ended, 0);
  const alive = classes.some(({ coordinator }) => coordinator === 'alive');
  const again = text(
    ' It is being graded now: its coordinator will send its jobs again, and what workers do now is lost.',
    '其中有班級正在評分：協調的程式會重新送出作業，評分機器目前的進度會遺失。',
  );
  return text(
    `Remove ${jobs} jobs of class ${ids} from the server? Grades in the output folder stay.${alive ? again.en : ''}`,
    `要從伺服器移除班級 ${ids} 的 ${jobs} 份作業嗎？輸出資料夾裡的成績會保留。${alive ? again['zh-TW'] : ''}`,
  );
}

/** A class by its ID or the beginning of it. Throws LabError E_USAGE if there is none, or more than one. */
function namedIn(all: readonly ClassOverview[], names: readonly string[]): ClassOverview[] {
  return names.map((name) => {
    const found = all.filter(({ id }) => id.startsWith(name));
    const only = found.find(({ id }) => id === name) ?? found[0];
    if (only && (found.length === 1 || only.id === name)) return only;
    throw new LabError(
      'E_USAGE',
      only
        ? text(`'${shown(name)}' is the beginning of several classes`, `有多個班級以「${shown(name)}」開頭`)
        : text(`no class '${shown(name)}' is on this server`, `這台伺服器上沒有班級「${shown(name)}」`),
      text('`lab queue status` lists them', '`lab queue status` 會列出所有班級'),
    );
  });
}

const nothingToDo = text('there is nothing to do', '沒有需要處理的班級');
const drained = (id: string): Text =>
  text(
    `class ${id}: workers take no further jobs; running ones end. \`lab grade --queue\` again continues`,
    `班級 ${id}：評分機器不會再接新作業，執行中的會做完。再執行一次 \`lab grade --queue\` 就會繼續`,
  );
const purged = (id: string): Text => text(`class ${id}: removed from the server`, `班級 ${id}：已從伺服器移除`);
const leftAlone = (id: string): Text =>
  text(
    `class ${id} is being graded and left alone; name it to remove it too`,
    `班級 ${id} 正在評分，未更動；指定它的 ID 才會一併移除`,
  );

/** For `--json`: without what workers grade with. */
const described = ({ announcement, ...one }: ClassOverview): object => {
  const { setup: _, ...rest } = announcement ?? {};
  return { ...rest, ...one };
};
