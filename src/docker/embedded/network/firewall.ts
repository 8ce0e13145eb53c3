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
 * Every dockerd calls its chains of iptables DOCKER, DOCKER-USER …, and empties them when it starts: two engines on a host
 * spoil each other's published ports and isolation. So this engine's dockerd gets an `iptables` that gives them a name of
 * their own, and else is the host's. Rules of the raw table (Engine 28) name no chain: they get that name as a comment.
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

/** Nothing on this engine's networks may begin a connection to the host's own services, on whichever of its addresses. Throws LabError E_ENGINE_START. */
export async function blockHostAccess(layout: Layout): Promise<void> {
  const subnets = await loadSubnets(layout);
  if (!subnets) throw new Error('the engine has no addresses yet');
  const rule = ['-s', subnets.range, '!', '-i', 'lo', '-m', 'conntrack', '!', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'DROP'];
  const done = await shell()`iptables --wait -I INPUT ${rule}`;
  if (done.ok) return;
  throw new LabError(
    'E_ENGINE_START',
    text(
      `the host's own services could not be closed to the containers: ${complaint(done)}`,
      `無法讓容器連不到主機自己的服務：${complaint(done)}`,
    ),
    text('iptables with its `conntrack` match is needed', '需要 iptables 以及它的 `conntrack` 比對模組'),
  );
}

/** What marks a rule as this engine's. */
export interface Marks {
  readonly chain: string;
  readonly bridges: readonly string[];
  readonly range?: string;
}

/** From what iptables-save says to what iptables-restore must be told so that this engine's rules go, and no other. Empty: there are none. */
export function removalOf(saved: string, { chain, bridges, range }: Marks): string {
  const isChain = (word: string) => word === chain || word.startsWith(`${chain}-`);
  const isMark = (word: string) => isChain(word) || bridges.includes(word) || (range !== undefined && within(range, word));
  const out: string[] = [];
  for (const table of saved.split(/^(?=\*)/m)) {
    const lines = table.split('\n');
    const chains = lines.filter((line) => line.startsWith(`:${chain}`)).map((line) => line.slice(1).split(' ')[0] ?? '');
    const rules = lines.filter((line) => {
      const [verb, name = '', ...words] = line.split(' ');
      return verb === '-A' && !isChain(name) && words.some(isMark);
    });
    if (chains.length + rules.length === 0) continue;
    out.push(lines[0] ?? '', ...rules.map((rule) => rule.replace(/^-A/, '-D')));
    out.push(...chains.map((name) => `-F ${name}`), ...chains.map((name) => `-X ${name}`), 'COMMIT', '');
  }
  return out.join('\n');
}

/** Takes away the rules that a dockerd of this engine has left. */
export async function removeRules(layout: Layout): Promise<void> {
  const [saved, bridges, subnets] = await Promise.all([shell()`iptables-save`, ownBridges(layout), loadSubnets(layout)]);
  const removal = removalOf(saved.stdout, { chain: layout.chain, bridges, ...(subnets ? { range: subnets.range } : {}) });
  if (removal) await shell({ input: removal })`iptables-restore --noflush --wait`;
}
