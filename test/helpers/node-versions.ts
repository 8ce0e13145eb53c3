import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lock } from '../../src/platform/lock.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';

const run = promisify(execFile);

/** The versions that labwright supports and CI tests. */
export const nodeMajors = [20, 22, 24] as const;
export type NodeMajor = (typeof nodeMajors)[number];

/** The path of the Node executable in the newest release of this major version. Installs it from npm (the packages behind `node`) into the cache. */
export async function nodeProgram(major: NodeMajor): Promise<string> {
  const dir = join(locateHomes().cache, 'test', `node-${major}`);
  const name = `node-${process.platform}-${process.arch}`;
  const held = await lock(`${dir}.lock`);
  try {
    const program = join(dir, 'node_modules', name, 'bin', 'node');
    const isInstalled = await run(program, ['--version']).then(
      ({ stdout }) => stdout.startsWith(`v${major}.`),
      () => false,
    );
    if (isInstalled) return program;
    await mkdir(dir, { recursive: true });
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', dir, `${name}@${major}`], { cwd: dir });
    return program;
  } finally {
    await held.release();
  }
}
