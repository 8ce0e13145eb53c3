import { type Text, text } from '../lab/text.ts';
import type { Action } from './state.ts';

/** The words of `up` with which it does not stay in the terminal: in the background, or nothing is started. */
const leaves = /^(?:--detach|--wait|--no-start|--help)(?:=true)?$|^-[a-zA-Z]*[dh][a-zA-Z]*$/;

/** Whether a command is `docker compose up` in the foreground: it prints the logs until Ctrl-C, which stops the containers. */
export function isAttachedUp({ kind, what }: Pick<Action, 'kind' | 'what'>): boolean {
  const [typed, words = ''] = /^docker(?: |-)compose (?:-\S+(?: [^-\s]\S*)? )*up(?: (.*))?$/.exec(what) ?? [];
  return kind === 'command' && typed !== undefined && !words.split(' ').some((word) => leaves.test(word));
}

/** A note for a step that was done with such a command. */
export const attachedNote: Text = text(
  '`docker compose up` without `-d` occupies its terminal, and Ctrl-C there stops the containers. Use another terminal for the next command; or press Ctrl-C and start them in the background: docker compose up -d',
  '沒有 `-d` 的 `docker compose up` 會佔用它的終端機，在那裡按 Ctrl-C 會停止容器。請用另一個終端機輸入下一個指令；或按 Ctrl-C，再於背景啟動它們：docker compose up -d',
);
