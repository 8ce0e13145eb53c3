import { join } from 'node:path';
import { type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { type ClassServer, openClassServer } from '../../learn/class/class-server.ts';
import { coalesce } from '../../learn/class/coalesce.ts';
import type { Wall, WallEvent } from '../../learn/class/wall.ts';
import { WallFeed } from '../../learn/class/wall-feed.ts';
import { startWallServer } from '../../learn/class/wall-server.ts';
import { loadPageFiles } from '../../learn/web/server/page-files.ts';
import { root } from '../../platform/package-root.ts';
import { isSystemError } from '../../platform/system-error.ts';
import { liveRegion } from '../../report/terminal/live-region.ts';
import { listenError, machineAddresses, parseListen } from '../class/listen-address.ts';
import { wallEventLine, wallLines } from '../class/wall-lines.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { loadTutorial } from '../tutorials.ts';
import { openBrowser } from '../web/open-browser.ts';

interface Options {
  readonly listen?: string;
  readonly tutorial: string;
  /** commander's form of `--no-open`. */
  readonly open: boolean;
}

/** Pages get a wall at most this often, and the terminal. */
const pageMs = 100;
const terminalMs = 250;
/** Minutes go on without events. */
const tickMs = 10_000;

/** `lab class`: shows where the learners of a class are, until Ctrl-C. Exit code 0. */
export async function classWall(cli: Cli, { listen, tutorial: ref, open }: Options): Promise<number> {
  const known = machineAddresses();
  const where = parseListen(listen, known);
  const { tutorial } = await loadTutorial(cli, ref);
  const steps = stepsOf(tutorial);
  const keys = steps.map(({ key }) => key);
  const files = await loadPageFiles(join(root, 'dist/src/learn/class/page'));
  let changed: (event: WallEvent, wall: Wall) => void = () => undefined;
  const server = await openClassServer({
    ...{ ...where, tutorial: tutorial.id, keys, clock },
    changed: (event, wall) => changed(event, wall),
  }).catch((error: unknown) => {
    throw isSystemError(error) ? listenError(error, where, known) : error;
  });
  const content = { lang: cli.lang, title: tutorial.title, code: server.code, steps };
  const feed = new WallFeed(content, () => ({ now: clock.now(), wall: server.wall }));
  const page = await startWallServer(feed, files, cli.lang);
  const showPages = coalesce(() => feed.changed(), pageMs, clock, cli.signal);
  const terminal = cli.out.interactive ? drawn(cli, server, keys) : listed(cli);
  cli.out.write(`${introduction(server, page.url)[cli.lang]}\n\n`);
  changed = (event, wall) => {
    showPages();
    terminal.changed(event, wall);
  };
  terminal.begin();
  if (open) await openBrowser(page.url, process.platform, cli.env);
  await new Promise<void>((resolve) => {
    if (cli.signal.aborted) resolve();
    cli.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  terminal.end();
  feed.end(over);
  await Promise.all([server.close(), page.close()]);
  cli.out.write(`${over[cli.lang]}\n`);
  return 0;
}

const stepsOf = ({ labs }: Tutorial): { readonly key: string; readonly title: Text }[] =>
  labs.flatMap((lab) => lab.steps.map(({ id, title }) => ({ key: `${lab.id}/${id}`, title })));

interface TerminalWall {
  begin(): void;
  changed(event: WallEvent, wall: Wall): void;
  end(): void;
}

/** The wall at the end of the terminal's output, drawn again after changes. */
function drawn({ out, lang, signal }: Cli, server: ClassServer, keys: readonly string[]): TerminalWall {
  const region = liveRegion(out);
  const draw = () => {
    const { paint, columns } = out;
    const rows = Math.max(4, (out.stream.rows || 24) - 2);
    region.show(wallLines(server.wall, { paint, lang, columns, rows, keys, now: clock.now() }));
  };
  const changed = coalesce(draw, terminalMs, clock, signal);
  const ticking = setInterval(changed, tickMs);
  return {
    begin: changed,
    changed,
    end: () => {
      clearInterval(ticking);
      region.end();
    },
  };
}

/** A line for each event that matters. */
function listed({ out, lang }: Cli): TerminalWall {
  let before: Wall = [];
  return {
    begin: () => undefined,
    changed: (event, wall) => {
      const line = wallEventLine(
        event,
        before.find(({ id }) => id === event.id),
        lang,
      );
      before = wall;
      if (line !== undefined) out.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

const introduction = ({ code }: ClassServer, url: string): Text =>
  text(
    [
      `Learners join with:\n  lab learn --join ${code} --nickname NAME\n`,
      `The wall, for a browser on this machine: ${url}`,
      'It shows nicknames, the step of each learner, how many steps have passed, and who asks for help. No commands, output or paths of learners are sent.',
      'Nothing is stored. Ctrl-C ends the class and notifies the learners; then all data is deleted.',
    ].join('\n'),
    [
      `學習者加入的指令：\n  lab learn --join ${code} --nickname 名字\n`,
      `顯示全班的頁面，用這台機器的瀏覽器開啟：${url}`,
      '頁面會顯示暱稱、各學習者所在的步驟、通過的步驟數，以及誰請求協助。學習者的指令、輸出與路徑都不會送出。',
      '不會儲存任何資料。按 Ctrl-C 結束班級並通知學習者，之後所有資料都會消失。',
    ].join('\n'),
  );

const over = text('The class has ended. Nothing was stored.', '班級已結束，沒有儲存任何資料。');
