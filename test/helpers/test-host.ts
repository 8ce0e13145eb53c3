import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomId } from '../../src/platform/ids.ts';
import { libraryFolder, unpackedPackages } from './debian-packages.ts';

const run = promisify(execFile);

/** A host of a test: a network namespace with a cable to this machine, and with no other network. */
export interface TestHost extends AsyncDisposable {
  /** This machine's address on the cable. */
  readonly gateway: string;
  /** The program and arguments that run a command on the host. */
  command(program: string, ...args: readonly string[]): readonly [string, string[]];
}

/** Debian's `ip`, from the system or unpacked in the cache. */
async function ipProgram(): Promise<(...args: readonly string[]) => Promise<void>> {
  const system = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].find(existsSync);
  const root = system ? '' : await unpackedPackages('iproute2', ['iproute2']);
  const file = system ?? [join(root, 'usr/bin/ip'), join(root, 'bin/ip')].find(existsSync) ?? 'ip';
  const env = system ? process.env : { ...process.env, LD_LIBRARY_PATH: join(root, 'usr/lib', libraryFolder) };
  return async (...args) => {
    await run(file, [...args], { env });
  };
}

/** Creates a host of a test. Needs root. */
export async function createHost(): Promise<TestHost> {
  const ip = await ipProgram();
  const name = `lwt-${randomId(3)}`;
  // a range for tests of networks (RFC 2544); random, because a killed test leaves its hosts
  const net = `198.${randomInt(18, 20)}.${randomInt(256)}`;
  const [gateway, own] = [`${net}.1`, `${net}.2`];
  await ip('netns', 'add', name);
  await ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`, 'netns', name);
  await ip('address', 'add', `${gateway}/30`, 'dev', `${name}a`);
  await ip('link', 'set', `${name}a`, 'up');
  await ip('-n', name, 'address', 'add', `${own}/30`, 'dev', `${name}b`);
  await ip('-n', name, 'link', 'set', `${name}b`, 'up');
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    gateway,
    // only the network: `ip netns exec` would also hide the control groups
    command: (program, ...args) => ['nsenter', [`--net=/run/netns/${name}`, '--', program, ...args]],
    [Symbol.asyncDispose]: async () => {
      await ip('link', 'delete', `${name}a`);
      await ip('netns', 'delete', name);
    },
  };
}

/** Runs a command on a host to its end. Rejects with its output if it fails. */
export async function runOn(host: TestHost, program: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  const [file, all] = host.command(program, ...args);
  const child = spawn(file, all, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    // its daemons may keep the streams open
    child.once('exit', resolve);
  });
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}: ${output}`);
}
