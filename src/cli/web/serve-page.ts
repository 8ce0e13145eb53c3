import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { PageContent, Press } from '../../learn/web/protocol.ts';
import { type Address, takeAddress } from '../../learn/web/server/address.ts';
import { Feed } from '../../learn/web/server/feed.ts';
import { loadPageFiles } from '../../learn/web/server/page-files.ts';
import { type PageServer, startPageServer } from '../../learn/web/server/page-server.ts';
import { loadPty } from '../../learn/web/terminal/pty.ts';
import { shellEnv, shellOf } from '../../learn/web/terminal/shell.ts';
import { Terminal } from '../../learn/web/terminal/terminal.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { root } from '../../platform/package-root.ts';
import { isSystemError } from '../../platform/system-error.ts';
import type { Cli } from '../context.ts';
import { openBrowser } from './open-browser.ts';

export interface PageOptions {
  /** The port to listen on; omitted: the one of the page before, or any. */
  readonly port?: number;
  /** False: the browser is not opened. */
  readonly open: boolean;
}

export interface ServedPage extends PageOptions {
  /** What the page is about: one server at a time has it, and the next continues its pages. */
  readonly folder: string;
  /** Omitted: the page has no terminal, for this reason. */
  readonly terminal: { readonly dir: string; readonly env: Readonly<Record<string, string>> } | { readonly why: Text };
  content(terminal: PageContent['terminal']): Promise<PageContent>;
  press(press: Press): void;
  /** What the learner did, as JSON, if the page offers it. */
  receipt?(): Promise<object | undefined>;
  /** What the page shows, until it resolves or rejects. An interrupt, and what is passed to `failed`, abort the signal. */
  work(feed: Feed, stop: { readonly signal: AbortSignal; failed(error: unknown): void }): Promise<void>;
  /** Why the page ends, when the work has resolved, or the program was interrupted. */
  readonly bye: Text;
  /** What the terminal shows when an interrupt ends the page, which is no error then. Omitted: it is one. */
  readonly ended?: Text;
}

/** Serves a page while its work runs, or until an interrupt. False: another server runs for this folder, and its address was printed. */
export async function servePage(cli: Cli, page: ServedPage): Promise<boolean> {
  const address = await takeAddress(cli.homes, page.folder);
  if ('url' in address) {
    cli.out.write(`${alreadyOpen(address.url)[cli.lang]}\n`);
    if (page.open) await openBrowser(address.url, process.platform, cli.env);
    return false;
  }
  try {
    const terminal = await terminalOf(cli, page.terminal);
    const content = await page.content('why' in terminal ? { kind: 'own', why: terminal.why } : { kind: 'page' });
    const feed = new Feed(content);
    const files = await loadPageFiles(join(root, 'dist/src/learn/web/page'));
    const { press, receipt } = page;
    const options = { page: files, content, feed, press, secret: address.secret, ...(receipt ? { receipt } : {}) };
    const server = await listen({ ...options, ...('why' in terminal ? {} : { terminal }) }, address, page.port);
    await work(cli, page, { server, address, feed, hasTerminal: !('why' in terminal) });
  } finally {
    await address.release();
  }
  return true;
}

interface Serving {
  readonly server: PageServer;
  readonly address: Address;
  readonly feed: Feed;
  readonly hasTerminal: boolean;
}

async function work(cli: Cli, page: ServedPage, { server, address, feed, hasTerminal }: Serving): Promise<void> {
  let reason = failed;
  const bug = new AbortController();
  using signal = anySignal(cli.signal, bug.signal);
  try {
    await address.listensOn(server.port);
    const opened = page.open && (await openBrowser(server.url, process.platform, cli.env));
    cli.out.write(`${started(server.url, opened, hasTerminal)[cli.lang]}\n`);
    await page.work(feed, { signal, failed: (error) => bug.abort(error) });
    reason = page.bye;
  } catch (error) {
    if (cli.signal.aborted) reason = page.bye;
    else if (error instanceof LabError) reason = error.text;
    // a LabError says what could not be removed, for example
    if (!cli.signal.aborted || !page.ended || error instanceof LabError) throw error;
    cli.out.write(`${page.ended[cli.lang]}\n`);
  } finally {
    await server.close(reason);
  }
}

async function terminalOf({ env }: Cli, asked: ServedPage['terminal']): Promise<Terminal | { readonly why: Text }> {
  if ('why' in asked) return asked;
  const pty = await loadPty(process.platform);
  if ('why' in pty) return pty;
  return new Terminal({ pty, shell: shellOf(env), dir: asked.dir, env: shellEnv(env, asked.env) });
}

type Listening = Omit<Parameters<typeof startPageServer>[0], 'port'>;

/** On the port that was asked for; else on that of the page before, or any. */
async function listen(options: Listening, address: Address, asked: number | undefined): Promise<PageServer> {
  const wanted = asked ?? address.port;
  try {
    return await startPageServer({ ...options, port: wanted });
  } catch (error) {
    const isTaken = isSystemError(error) && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
    if (!isTaken) throw error;
    if (asked !== undefined) throw portTaken(asked, error);
    return startPageServer({ ...options, port: 0 });
  }
}

const portTaken = (port: number, cause: Error): LabError =>
  new LabError(
    'E_PORT_TAKEN',
    text(`port ${port} is in use, or not allowed for this user`, `連接埠 ${port} 已被使用，或這個使用者不能使用`),
    text('name another port; without --port, one that is free is taken', '請指定其他連接埠；不加 --port 會自動使用空閒的連接埠'),
    { cause },
  );

const started = (url: string, opened: boolean, hasTerminal: boolean): Text => {
  const next = opened
    ? text('It opens in your browser.', '瀏覽器會自動開啟。')
    : text('Open this address in a browser on this machine.', '請在這台機器的瀏覽器開啟這個網址。');
  const warning = hasTerminal
    ? text(' The address is only for you: it gives access to a terminal.', '這個網址只給你自己用，因為頁面裡有終端機。')
    : text('', '');
  return text(
    `The page: ${url}\n${next.en}${warning.en} Ctrl-C ends it.`,
    `頁面：${url}\n${next['zh-TW']}${warning['zh-TW']}按 Ctrl-C 結束。`,
  );
};

const alreadyOpen = (url: string): Text =>
  text(
    `The page of this folder is served already, by another \`lab\` on this machine: ${url}`,
    `這台機器上已有另一個 \`lab\` 提供這個資料夾的頁面：${url}`,
  );

/** The page adds how to continue. */
export const labwrightEnded: Text = text('labwright has ended.', 'labwright 已結束。');

const failed: Text = text(
  'labwright ended with an error; its terminal shows it.',
  'labwright 因錯誤結束，錯誤顯示在它的終端機。',
);
