import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, type PrivateEngine } from '../../src/docker/embedded/embedded-engine.ts';
import { type Layout, layoutOf } from '../../src/docker/embedded/layout.ts';
import { type Homes, locateHomes } from '../../src/platform/state-dirs.ts';

export const unattended = { unattended: true } as const;

/** A separate state folder for a test's own engine. The packages are shared. */
export interface OwnEngine {
  readonly homes: Homes;
  readonly layout: Layout;
  /** The environment in which a program uses this state folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops the engine and removes its folder. */
  remove(): Promise<void>;
}

/** `on`: the parent folder, which determines the disk. */
export function ownHomes(on = tmpdir()): OwnEngine {
  const stateHome = mkdtempSync(join(on, 'labwright-state-'));
  const homes = { cache: locateHomes().cache, state: join(stateHome, 'labwright') };
  return {
    homes,
    env: { ...process.env, LC_ALL: 'C', XDG_STATE_HOME: stateHome },
    layout: layoutOf(homes),
    remove: async () => {
      await down(homes);
      rmSync(stateHome, { recursive: true, force: true });
    },
  };
}

export const run = (env: Readonly<Record<string, string>>, program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export const docker = ({ env }: PrivateEngine, ...args: readonly string[]): string => run(env, 'docker', ...args);

/** Creates an image without a registry: the host's `sleep` and its libraries. */
export function importSleep(engine: PrivateEngine, state: string): void {
  const linked = run({}, 'ldd', '/bin/sleep').match(/\/\S+/g) ?? [];
  const tar = join(state, 'sleep.tar');
  run({}, 'tar', '--create', '--dereference', '--absolute-names', '--file', tar, '/bin/sleep', ...linked);
  docker(engine, 'import', '--change', 'CMD ["/bin/sleep", "1000"]', tar, 'sleep');
}

/** The command lines of all processes. Does not use `ps`, which is missing on minimal machines. */
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

/** The loop devices whose backing files are below a folder, as reported by the kernel. */
export const loopsBelow = (folder: string): string[] =>
  readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => {
      try {
        return `${name} ${readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trimEnd()}`;
      } catch {
        return ''; // the device has no backing file
      }
    })
    .filter((line) => line.includes(` ${folder}/`));

/** Paths that match a pattern of the shell: unlike `find`, it does not fail when the folders of other engines disappear meanwhile. */
const existing = (pattern: string): string[] =>
  run({}, 'sh', '-c', `for one in ${pattern}; do [ -e "$one" ] && echo "$one"; done; true`).split('\n').filter(Boolean);

/** What a stopped engine has left on the host. Must be empty. */
export function leftovers({ chain, bridge, cgroup, run: folder, data, dir }: Layout): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...run({}, 'iptables-save')
      .split('\n')
      .filter((line) => line.includes(chain) || line.includes(bridge)),
    ...run({}, 'ip', 'rule')
      .split('\n')
      .filter((line) => line.includes(bridge)),
    ...run({}, 'ip', '-brief', 'link')
      .split('\n')
      .filter((line) => line.startsWith(bridge)),
    ...mounts.filter((line) => line.includes(folder) || line.includes(data)),
    ...loopsBelow(dir),
    ...['', '*/', '*/*/'].flatMap((depth) => existing(`/sys/fs/cgroup/${depth}${cgroup}`)),
    ...commandLines().filter((line) => line.includes(folder) || line.includes(data)),
  ];
}
