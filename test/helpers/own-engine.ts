import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, type PrivateEngine } from '../../src/docker/embedded/embedded-engine.ts';
import { type Layout, layoutOf } from '../../src/docker/embedded/layout.ts';
import { type Homes, locateHomes } from '../../src/platform/state-dirs.ts';

export const unattended = { unattended: true } as const;

/** A state folder for an engine of the test's own; the packages are the ones that everybody shares. */
export interface Own {
  readonly homes: Homes;
  readonly layout: Layout;
  /** The environment of a program that is to use these homes. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops the engine and removes its folder. */
  away(): Promise<void>;
}

/** `on`: the folder, and with it the disk, on which it is to be. */
export function ownHomes(on = tmpdir()): Own {
  const stateHome = mkdtempSync(join(on, 'labwright-state-'));
  const homes = { cache: locateHomes().cache, state: join(stateHome, 'labwright') };
  return {
    homes,
    env: { ...process.env, LC_ALL: 'C', XDG_STATE_HOME: stateHome },
    layout: layoutOf(homes),
    away: async () => {
      await down(homes);
      rmSync(stateHome, { recursive: true, force: true });
    },
  };
}

export const run = (env: Readonly<Record<string, string>>, program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export const docker = ({ env }: PrivateEngine, ...args: readonly string[]): string => run(env, 'docker', ...args);

/** An image without a registry: the host's `sleep` and the libraries that it needs. */
export function importSleep(engine: PrivateEngine, state: string): void {
  const linked = run({}, 'ldd', '/bin/sleep').match(/\/\S+/g) ?? [];
  const tar = join(state, 'sleep.tar');
  run({}, 'tar', '--create', '--dereference', '--absolute-names', '--file', tar, '/bin/sleep', ...linked);
  docker(engine, 'import', '--change', 'CMD ["/bin/sleep", "1000"]', tar, 'sleep');
}

/** What runs on this machine, without `ps`, which a bare one lacks. */
export const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
      } catch {
        return '';
      }
    });

/** The files below a folder that loop devices hold, by what the kernel says. */
export const loopsBelow = (folder: string): string[] =>
  readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => {
      try {
        return `${name} ${readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trimEnd()}`;
      } catch {
        return ''; // it holds nothing
      }
    })
    .filter((line) => line.includes(` ${folder}/`));

/** What is on the host of this engine, while it is down: nothing is right. */
export function leftovers({ chain, bridge, cgroup, run: folder, data, dir }: Layout): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...run({}, 'iptables-save')
      .split('\n')
      .filter((line) => line.includes(chain) || line.includes(bridge)),
    ...run({}, 'ip', '-brief', 'link')
      .split('\n')
      .filter((line) => line.startsWith(bridge)),
    ...mounts.filter((line) => line.includes(folder) || line.includes(data)),
    ...loopsBelow(dir),
    ...run({}, 'find', '/sys/fs/cgroup', '-maxdepth', '3', '-name', cgroup).split('\n').filter(Boolean),
    ...commandLines().filter((line) => line.includes(folder) || line.includes(data)),
  ];
}
