import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The program that opens a URL in the person's browser; undefined: there is no display, or none is known. */
export function browserCommand(platform: NodeJS.Platform, env: Env): readonly [string, ...string[]] | undefined {
  // an editor on another machine sets this to a program that opens the browser here
  if (env.BROWSER && isAbsolute(env.BROWSER) && !env.BROWSER.includes('%')) return [env.BROWSER];
  if (platform === 'darwin') return env.SSH_CONNECTION ? undefined : ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/** Opens a URL in the browser. Resolves to whether a program for that was started; what it does with the URL is not waited for. */
export async function openBrowser(url: string, platform: NodeJS.Platform, env: Env): Promise<boolean> {
  const [program, ...words] = browserCommand(platform, env) ?? [];
  if (program === undefined) return false;
  return new Promise((resolve) => {
    const opener = spawn(program, [...words, url], { detached: true, stdio: 'ignore' });
    opener.once('error', () => resolve(false));
    opener.once('spawn', () => {
      opener.unref();
      resolve(true);
    });
  });
}
