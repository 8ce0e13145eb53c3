import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { lock, machineLock } from '../../../platform/lock.ts';
import { complaint, pathWith, shell } from '../../../platform/system-command.ts';
import type { EmbeddedOptions } from '../progress.ts';

/** A program or library that the host must have, and the package that contains it. */
export interface Need {
  readonly what: string;
  readonly package: string;
}

/** Programs that an engine's start needs and the host lacks. */
export async function lackingForEngine(): Promise<Need[]> {
  const wanted: Need[] = [
    { what: 'iptables', package: 'iptables' },
    { what: 'ip', package: 'iproute2' },
  ];
  const found = await Promise.all(wanted.map(({ what }) => findProgram(what)));
  return wanted.filter((_, at) => found[at] === undefined);
}

/** What mmdebstrap needs: all of perl; small systems have perl-base only. */
export async function lackingForImages(): Promise<Need[]> {
  const perl = await shell()`perl -MPod::Usage -MEncode -MDigest::SHA -e 1`;
  return perl.ok ? [] : [{ what: "perl's modules", package: 'perl' }];
}

/** Packages with the shared libraries that Debian's dockerd, containerd and runc are linked with. */
const libraries: Readonly<Record<string, string>> = {
  'libsystemd.so.0': 'libsystemd0',
  'libseccomp.so.2': 'libseccomp2',
  'libcap.so.2': 'libcap2',
  'libgcrypt.so.20': 'libgcrypt20',
  'libgpg-error.so.0': 'libgpg-error0',
  'liblzma.so.5': 'liblzma5',
  'libzstd.so.1': 'libzstd1',
  'liblz4.so.1': 'liblz4-1',
  // Engine 20.10
  'libdevmapper.so.1.02.1': 'libdevmapper1.02.1',
};

/** Libraries that the unpacked programs need and the host lacks. Throws LabError E_ENGINE_NEEDS if the package of one is not known. */
export async function lackingLibraries(root: string): Promise<Need[]> {
  const linked = await shell({ cwd: root })`ldd usr/sbin/dockerd usr/bin/containerd usr/bin/docker usr/sbin/runc`;
  const missing = parseMissing(linked.stdout + linked.stderr);
  const unknown = missing.filter((name) => !libraries[name]);
  if (unknown.length > 0) {
    throw new LabError(
      'E_ENGINE_NEEDS',
      text(
        `this system's libraries are incompatible with the engine: ${unknown.join(', ')}`,
        `這個系統的函式庫與引擎不相容：${unknown.join('、')}`,
      ),
      text('update the system, or install Docker yourself', '請更新系統，或自行安裝 Docker'),
    );
  }
  return missing.map((what) => ({ what, package: libraries[what] ?? what }));
}

/** ldd prints `libx.so.1 => not found`, and `version 'GLIBC_2.38' not found` on stderr. */
export function parseMissing(output: string): string[] {
  const absent = [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
  const old = [...output.matchAll(/version [`'](\S+)' not found/g)].map((match) => match[1] ?? '');
  return [...new Set([...absent, ...old])];
}

/** Ensures that the host has what is needed: installs it with apt if permitted, or asks. Throws LabError E_ENGINE_NEEDS if it is still missing. */
export async function provideNeeds(find: () => Promise<Need[]>, progress: EmbeddedOptions): Promise<void> {
  const needs = await find();
  if (needs.length === 0) return;
  const names = needs.map((need) => need.what).join(', ');
  const packages = [...new Set(needs.map((need) => need.package))];
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  const question = text(
    `This machine lacks ${names}. Install ${packages.join(', ')} with apt-get?`,
    `這台機器缺少 ${names}。要用 apt-get 安裝 ${packages.join('、')} 嗎？`,
  );
  if (!progress.unattended && !(await progress.ask?.(question))) {
    throw new LabError(
      'E_ENGINE_NEEDS',
      text(`the private engine needs ${names}, which this machine does not have`, `專用引擎需要 ${names}，這台機器上沒有`),
      text(`run \`${command}\`, or add --yes`, `請執行 \`${command}\`，或加上 --yes`),
    );
  }
  await using _held = await lock(machineLock('apt-install'), undefined, progress.signal);
  progress.progress?.(text(`installing ${packages.join(', ')}`, `安裝 ${packages.join('、')}`));
  await install(packages, command, progress);
}

async function install(packages: readonly string[], command: string, { signal }: EmbeddedOptions): Promise<void> {
  const run = shell({ env: { DEBIAN_FRONTEND: 'noninteractive' }, ...(signal ? { signal } : {}) });
  const update = await run`apt-get -q update`;
  const done = await run`apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 install ${packages}`;
  signal?.throwIfAborted();
  if (done.ok) return;
  const output = complaint(done.stderr.trim() || update.ok ? done : update);
  throw new LabError(
    'E_ENGINE_NEEDS',
    text(`${packages.join(', ')} could not be installed:\n${output}`, `無法安裝 ${packages.join('、')}：\n${output}`),
    text(
      `run \`apt-get update && ${command}\` yourself and check the output`,
      `請自行執行 \`apt-get update && ${command}\`，並檢查輸出`,
    ),
  );
}

/** The path of a program on the engine's PATH. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of pathWith().split(':')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
