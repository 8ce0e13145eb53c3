import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import type { Layout } from '../layout.ts';
import { findProgram } from '../packages/host-dependencies.ts';
import { loadSubnets, ownBridges } from './bridges.ts';
import { within } from './subnets.ts';

/**
 * Every dockerd calls its iptables chains DOCKER, DOCKER-USER …, and empties them when it starts, so two engines on a host break each other's
 * published ports and isolation. This engine's dockerd therefore gets an `iptables` wrapper that renames the chains and otherwise calls the host's.
 * Rules of the raw table (Engine 28) name no chain: the wrapper adds the name as a comment.
 */
export async function writeIptables({ bin, chain }: Layout): Promise<void> {
  const real = (await findProgram('iptables')) ?? '/usr/sbin/iptables';
  const path = join(bin, 'iptables');
  await writeFile(path, iptablesScript(real, chain));
  await chmod(path, 0o755);
}

const iptablesScript = (real: string, chain: string): string => `#!/bin/sh
# The host's iptables, with chains of this engine's own: DOCKER -> ${chain}
left=$#
table= verb=
while [ "$left" -gt 0 ]; do
  arg=$1
  shift
  case $arg in
    DOCKER | DOCKER-*) arg=${chain}\${arg#DOCKER} ;;
    raw) table=raw ;;
    -A | -I | -C | -D) verb=rule ;;
  esac
  set -- "$@" "$arg"
  left=$((left - 1))
done
[ "$table $verb" != 'raw rule' ] || set -- "$@" -m comment --comment ${chain}
exec '${real.replaceAll("'", `'\\''`)}' "$@"
`;

/** Containers on this engine's networks cannot open connections to the host's own services, on any of its addresses. Throws LabError E_ENGINE_START. */
export async function blockHostAccess(layout: Layout): Promise<void> {
  const subnets = await loadSubnets(layout);
  if (!subnets) throw new Error('the engine has no addresses yet');
  const rule = ['-s', subnets.range, '!', '-i', 'lo', '-m', 'conntrack', '!', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'DROP'];
  const done = await shell()`iptables --wait -I INPUT ${rule}`;
  if (done.ok) return;
  throw new LabError(
    'E_ENGINE_START',
    text(
      `could not block the containers' access to the host's own services: ${complaint(done)}`,
      `無法阻擋容器連線到主機本身的服務：${complaint(done)}`,
    ),
    text('iptables with its `conntrack` match is required', '需要 iptables 以及它的 `conntrack` 比對模組'),
  );
}

/** What identifies a rule as this engine's. */
export interface Marks {
  readonly chain: string;
  readonly bridges: readonly string[];
  readonly range?: string;
}

/** Converts the output of iptables-save to the input of iptables-restore that removes this engine's rules and no others. Empty: there are none. */
export function removalOf(saved: string, { chain, bridges, range }: Marks): string {
  const isChain = (token: string) => token === chain || token.startsWith(`${chain}-`);
  const isMark = (token: string) => isChain(token) || bridges.includes(token) || (range !== undefined && within(range, token));
  const out: string[] = [];
  for (const table of saved.split(/^(?=\*)/m)) {
    const lines = table.split('\n');
    const chains = lines.filter((line) => line.startsWith(`:${chain}`)).map((line) => line.slice(1).split(' ')[0] ?? '');
    const rules = lines.filter((line) => {
      const [verb, name = '', ...tokens] = line.split(' ');
      return verb === '-A' && !isChain(name) && tokens.some(isMark);
    });
    if (chains.length + rules.length === 0) continue;
    out.push(lines[0] ?? '', ...rules.map((rule) => rule.replace(/^-A/, '-D')));
    out.push(...chains.map((name) => `-F ${name}`), ...chains.map((name) => `-X ${name}`), 'COMMIT', '');
  }
  return out.join('\n');
}

/** Removes the rules that a dockerd of this engine left. */
export async function removeRules(layout: Layout): Promise<void> {
  const [saved, bridges, subnets] = await Promise.all([shell()`iptables-save`, ownBridges(layout), loadSubnets(layout)]);
  const removal = removalOf(saved.stdout, { chain: layout.chain, bridges, ...(subnets ? { range: subnets.range } : {}) });
  if (removal) await shell({ input: removal })`iptables-restore --noflush --wait`;
}
