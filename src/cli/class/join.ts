import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { type JoinedClass, joinClass, type Membership } from '../../learn/class/join-class.ts';
import { type JoinCode, readJoinCode } from '../../learn/class/join-code.ts';
import type { LearnState } from '../../learn/state.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { promptsOn } from '../prompts/prompts.ts';
import { usage } from '../usage.ts';
import { membershipLine } from './membership-line.ts';

export interface JoinCommandOptions {
  readonly join?: string;
  readonly nickname?: string;
}

/** What the learner agreed to. */
export interface Joining {
  readonly code: JoinCode;
  readonly nickname: string;
}

/** A class that was joined, and what is called when the membership changes. */
export interface JoinedByCommand {
  readonly joined: JoinedClass;
  watch(changed: (membership: Membership) => void): void;
}

/** Shows what a class gets to know, and asks, in a terminal. Undefined: there is nothing to join, or the learner does not want to. Throws LabError E_USAGE. */
export async function askToJoin(cli: Cli, { join, nickname }: JoinCommandOptions): Promise<Joining | undefined> {
  if (join === undefined) {
    if (nickname === undefined) return undefined;
    throw usage(text('lab learn: --nickname needs --join', 'lab learn：--nickname 必須搭配 --join'), 'lab learn');
  }
  const code = readJoinCode(join);
  if (!('address' in code))
    throw new LabError('E_USAGE', code, text('copy the whole code that your teacher shows', '請完整複製老師提供的加入碼'));
  const given = nickname?.trim() || 'learner';
  cli.err.write(`${sentToClass(code, given)[cli.lang]}\n`);
  const { ask } = promptsOn(cli);
  const isMeant = ask === undefined || (await ask(text('Join the class?', '要加入班級嗎？')));
  if (!isMeant) cli.err.write(`${notJoined[cli.lang]}\n`);
  return isMeant ? { code, nickname: given } : undefined;
}

/** Joins. Throws LabError E_CLASS if the class refuses. */
export async function joinFor(cli: Cli, joining: Joining, tutorial: string, first: LearnState): Promise<JoinedByCommand> {
  let tell: (membership: Membership) => void = () => undefined;
  const { code, nickname } = joining;
  const joined = await joinClass(code, {
    ...{ nickname, tutorial, clock, first, signal: cli.signal },
    changed: (membership) => tell(membership),
  });
  return {
    joined,
    watch: (changed) => {
      tell = changed;
    },
  };
}

/** Prints the membership, now and when it changes; `show` receives it too. */
export function followMembership({ err, lang }: Cli, { joined, watch }: JoinedByCommand, show: (now: Membership) => void): void {
  const changed = (now: Membership) => {
    show(now);
    err.write(`${membershipLine(now, lang)}\n`);
  };
  watch(changed);
  changed(joined.membership);
}

const sentToClass = ({ address, port }: JoinCode, nickname: string): Text =>
  text(
    [
      `The class at ${address}, port ${port}, receives from this machine, encrypted:`,
      `  your nickname: ${nickname}`,
      '  which tutorial it is, and how many steps it has',
      '  the step you are at, how many steps have passed, and whether the engine answers',
      '  whether you ask for help',
      'Others may see this on the wall. Nothing else is sent: no commands, no output, no files, no paths. The class stores nothing.',
    ].join('\n'),
    [
      `班級（${address}，連接埠 ${port}）會從這台機器收到以下資料，經過加密：`,
      `  你的暱稱：${nickname}`,
      '  是哪一份教學，以及共有幾個步驟',
      '  你所在的步驟、通過的步驟數，以及引擎是否有回應',
      '  你是否請求協助',
      '其他人可能會在老師的畫面上看到這些資料。除此之外什麼都不會送出：沒有指令、輸出、檔案或路徑。班級不會儲存任何資料。',
    ].join('\n'),
  );

const notJoined = text('Not joined; nothing was sent. The lesson begins.', '沒有加入，也沒有送出任何資料。課程開始。');
