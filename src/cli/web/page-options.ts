import { text } from '../../lab/text.ts';
import { usage } from '../usage.ts';

/** The options of a command that serves a page; `open` is commander's form of `--no-open`. */
interface NeedsPage {
  readonly port?: number;
  readonly open: boolean;
  readonly pause?: boolean;
}

/** Throws LabError E_USAGE for options of the page without the page. */
export function assertNoPage(command: string, { port, open, pause }: NeedsPage): void {
  const option = port !== undefined ? '--port' : pause ? '--pause' : open ? undefined : '--no-open';
  if (option) throw usage(text(`${command}: ${option} needs --web`, `${command}：${option} 必須搭配 --web`), command);
}
