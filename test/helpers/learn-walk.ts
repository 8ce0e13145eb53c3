import type { Terminal, TerminalSize, Tmux } from './tmux.ts';

/** What a learner types in each step, by the folder that it is typed in. */
export const typedLines = {
  base: [
    ['setup/build', 'docker compose pull --ignore-buildable --policy missing; docker compose build'],
    ['setup/up', 'docker compose up -d'],
    ['setup/talk', 'docker compose exec client ping -c 1 flask; docker compose exec client curl flask:5000'],
    ['scale/out', 'docker compose up -d --scale flask=3'],
    ['scale/in', 'docker compose up -d --scale flask=1'],
    ['balance/prepare', 'docker compose up -d --scale flask=3'],
    ['balance/ping', "docker compose exec client sh -c 'for i in $(seq 10); do ping -c 1 flask; done'"],
    ['balance/curl', "docker compose exec client sh -c 'for i in $(seq 10); do curl -sS flask:5000; done'"],
    ['cleanup/stop', 'docker compose stop'],
    ['cleanup/rm', 'docker compose rm -f'],
  ],
  nginx: [
    ['nginx/up', 'docker compose up -d --build'],
    [
      'nginx/single',
      // a minimal machine has no curl
      `curl -sS http://localhost:$NGINX_PORT/ || node -e "fetch('http://127.0.0.1:$NGINX_PORT/').then((a) => a.text()).then(console.log)"`,
    ],
    ['nginx/scale', 'docker compose up -d --scale flask=3'],
    ['nginx/restart', 'docker compose restart nginx'],
    ['nginx/down', 'docker compose down'],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [step: string, typed: string])[]>>;

/** Typed while the step before is still shown: the next command continues. A change of the stack so soon may count as part of the command before. */
const typedAtOnce = new Set<string>(['balance/curl']);

type Folder = keyof typeof typedLines;

export interface WalkOptions {
  readonly tmux: Tmux;
  readonly size: TerminalSize;
  /** An empty folder. */
  readonly cwd: string;
  /** Types only the steps of this lab, the first one of its folder. */
  readonly only?: string;
  /** Omitted: both. */
  readonly folders?: readonly Folder[];
  /** The available Compose command: `docker compose`. */
  readonly compose: string;
  /** Receives the screen of `lab learn`: when a step has begun, and when it has passed. */
  seen?(at: string, screen: string, learn: Terminal): void | Promise<void>;
}

/**
 * A learner with two terminals: `lab start` in an empty folder, then the commands that it prints, in both; `lab learn` runs in one, and each step is typed in the
 * other as soon as the first shows it. Rejects if a step does not pass by itself. Resolves to the first terminal.
 */
export async function walk(options: WalkOptions): Promise<Terminal> {
  const { tmux, size, cwd, folders = ['base', 'nginx'] } = options;
  const learn = await tmux.open(size, cwd);
  const shell = await tmux.open({ columns: 120, rows: 40 }, cwd);
  await shell.type('lab start my-lab');
  const printed = await shell.until(/^ {2}.* learn( .*)?$/m);
  const next = printed
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim());
  for (const line of next.slice(0, -1)) await shell.type(line);
  for (const line of next.slice(0, -1)) await learn.type(line);
  for (const [at, one] of folders.entries()) {
    if (at > 0) {
      await learn.press('q');
      // until it has ended, it reads what is typed
      await learn.until(/[#$]$/);
    }
    if (one === 'nginx') for (const terminal of [shell, learn]) await terminal.type('cd ../nginx');
    await learn.type(next.at(-1) ?? '');
    await walkFolder(options, one, shell, learn);
  }
  return learn;
}

async function walkFolder({ compose, seen, only }: WalkOptions, folder: Folder, shell: Terminal, learn: Terminal): Promise<void> {
  const steps = typedLines[folder].filter(([step]) => only === undefined || step.startsWith(`${only}/`));
  for (const [at, [step, typed]] of steps.entries()) {
    const begun = (screen: string) => screen.includes(`${step}  `) && !/✓ \w+\/|Looking at|正在查看/.test(screen);
    if (at > 0 && !typedAtOnce.has(step)) await learn.press('Enter');
    if (!typedAtOnce.has(step)) await seen?.(step, await learn.until(begun), learn);
    // a program that still runs in a container would read what is typed
    await shell.until(/[#$]$/);
    await shell.type(typed.replaceAll('docker compose', compose));
    if (typedAtOnce.has(step)) {
      // the step before stays on the screen
      await learn.until(new RegExp(`${step} (?:has begun|已經開始)`));
      await learn.press('Enter');
    }
    const passed = learn.until(new RegExp(`✓ ${step}  `)).catch(async (cause: unknown) => {
      throw new Error(`${step}: ${(cause as Error).message}\nThe shell:\n${await shell.history()}`, { cause });
    });
    await seen?.(`${step} passed`, await passed, learn);
  }
}
