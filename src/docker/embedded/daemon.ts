import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { lastLines, pathWith, shell } from '../../platform/system-command.ts';
import { onPath } from '../../platform/system-error.ts';
import { removeStale } from './cleanup.ts';
import { mountDisk } from './disks.ts';
import { containerdArgs, containerdSettings, dockerdArgs } from './dockerd-args.ts';
import type { Layout } from './layout.ts';
import { makeBridge } from './network/bridges.ts';
import { blockHostAccess, writeIptables } from './network/firewall.ts';
import { answers, listens } from './ping.ts';
import { ended, findDockerd, kill } from './processes.ts';
import { boundCgroup, startDaemonsScript, writeIds } from './resource-limits.ts';

const readyMs = 30_000;

/** Limit of the build cache of the grading engine. */
const builder = { gc: { enabled: true, defaultKeepStorage: '4GB' } };

/** Starts containerd and dockerd from the unpacked packages; resolves when the engine answers. Throws LabError E_ENGINE_START. */
export async function startDaemons(layout: Layout, root: string, signal?: AbortSignal): Promise<void> {
  const { dir, data, run, exec, bin, config, settings, log, containerdLog } = layout;
  await removeStale(layout);
  for (const folder of [dir, data, bin, join(config, 'cli-plugins')]) await mkdir(folder, { recursive: true, mode: 0o700 });
  // root of a container, remapped to `nobody`, must be able to pass through
  for (const folder of [run, exec]) await mkdir(folder, { recursive: true, mode: layout.bounds ? 0o711 : 0o700 });
  await onPath(settings, () =>
    writeFile(settings, `${JSON.stringify(layout.bounds ? { builder } : {})}\n`, { flag: 'wx' }).catch(ifThere),
  );
  await linkPlugins(config, root);
  await mountDisk(layout);
  await writeIptables(layout);
  const subnets = await makeBridge(layout);
  const { NOTIFY_SOCKET: _, ...inherited } = process.env;
  const env = { ...inherited, PATH: pathWith(bin, join(root, 'usr/sbin'), join(root, 'usr/bin')) };

  const program = join(root, 'usr/sbin/dockerd');
  const { stdout: help } = await shell()`${program} --help`;
  await onPath(run, () => writeFile(join(run, 'containerd.toml'), containerdSettings(layout)));
  const containerd = [join(root, 'usr/bin/containerd'), ...containerdArgs(layout)];
  const dockerd = [program, ...dockerdArgs(layout, root, subnets, help)];
  const daemons = layout.bounds
    ? [await launchBounded(layout, containerd, dockerd, env)]
    : [await launch(containerd, env, containerdLog), await launch(dockerd, env, log)];
  const ready = await untilReady(layout, daemons, signal);
  if (ready) return;
  const output = await lastWords([containerdLog, log]);
  await stopDaemons(layout);
  signal?.throwIfAborted();
  throw new LabError(
    'E_ENGINE_START',
    text(`the private engine did not start:\n${output}`, `專用引擎無法啟動：\n${output}`),
    text(
      `its whole log is in ${log}; in a container, it needs a privileged one with cgroups mounted`,
      `完整的日誌在 ${log}；如果是在容器裡，需要 privileged 並掛載 cgroup`,
    ),
  );
}

/** Stops this engine's daemons and its containers, and removes what they leave. False if nothing was running. */
export async function stopDaemons(layout: Layout): Promise<boolean> {
  const dockerd = await findDockerd(layout);
  // without containerd, dockerd cannot stop containers and would only wait
  kill(dockerd, (await listens(layout.containerdSocket)) ? 'SIGTERM' : 'SIGKILL');
  // dockerd gives its containers 10 s to stop, then kills them
  if (!(await ended(dockerd, 25_000))) {
    kill(dockerd, 'SIGKILL');
    await ended(dockerd, 5_000);
  }
  await removeStale(layout);
  return dockerd.length > 0;
}

/** Starts both daemons for untrusted code. */
async function launchBounded(
  layout: Layout,
  containerd: readonly string[],
  dockerd: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  await boundCgroup(layout);
  await blockHostAccess(layout);
  const line = startDaemonsScript(layout, await writeIds(layout), containerd, dockerd);
  await rename(layout.containerdLog, `${layout.containerdLog}.1`).catch(() => undefined);
  const own = await Promise.all([layout.data, layout.run].map((folder) => realpath(folder)));
  // a submission's disk is mounted on the host later and must appear here; an unmount there must take effect here too, since a private copy would
  // keep the disk in use
  return launch(['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', line, 'sh', ...own], env, layout.log);
}

/** Starts a process in its own session that outlives this one and writes to its own log. */
async function launch([path = '', ...args]: readonly string[], env: NodeJS.ProcessEnv, log: string): Promise<ChildProcess> {
  await rename(log, `${log}.1`).catch(() => undefined);
  const file = await open(log, 'a', 0o600);
  try {
    const child = spawn(path, args, { cwd: '/', env, detached: true, stdio: ['ignore', file.fd, file.fd] });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    await file.close();
  }
}

/**
 * True when the engine answers; false when one of the daemons ends or the timeout is over. It is asked again at each change in its folders: a socket
 * file appears before the daemon listens on it, and after that only the log shows progress.
 */
async function untilReady(
  { socket, run, dir }: Layout,
  daemons: readonly ChildProcess[],
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  using stop = anySignal(over.signal, AbortSignal.timeout(readyMs), ...(signal ? [signal] : []));
  let news = true;
  let wake = () => {};
  const happened = () => {
    news = true;
    wake();
  };
  const watchers = [run, dir].map((folder) => watch(folder, happened));
  stop.addEventListener('abort', happened);
  for (const daemon of daemons) {
    for (const event of ['exit', 'error']) daemon.once(event, () => over.abort());
    if (daemon.exitCode !== null || daemon.signalCode !== null) over.abort();
  }
  try {
    while (!stop.aborted) {
      if (news) {
        news = false;
        if (await answers(socket, stop)) return true;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return false;
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** Compose 1 is not a plugin, so bookworm has none. */
async function linkPlugins(config: string, root: string): Promise<void> {
  const folder = join(root, 'usr/libexec/docker/cli-plugins');
  for (const name of await readdir(folder).catch(() => [])) {
    const link = join(config, 'cli-plugins', name);
    await rm(link, { force: true });
    await symlink(join(folder, name), link);
  }
}

async function lastWords(logs: readonly string[]): Promise<string> {
  const contents = await Promise.all(logs.map((log) => readPlain(log, { maxBytes: 100_000_000 }).then(String, () => '')));
  const notable = contents.map((content) =>
    content
      .split('\n')
      .filter((it) => !/level=(info|debug|warning)/.test(it))
      .join('\n'),
  );
  return notable.some((it) => it.trim())
    ? notable
        .map((it) => lastLines(it))
        .join('\n')
        .trim()
    : contents
        .map((it) => lastLines(it))
        .join('\n')
        .trim();
}

const ifThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};
