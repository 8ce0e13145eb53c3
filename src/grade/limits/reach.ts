/** The prefix of the counters' lines. */
const mark = 'labwright-net';

/**
 * Runs the given command, prints the kernel's counters of the step's own network namespace, and exits with the command's exit
 * code.
 */
const counting =
  '"$@"; ended=$?; for file in /proc/net/snmp /proc/net/snmp6; do while read -r line; do ' +
  `case $line in Ip:*|Icmp:*|Udp:*|Ip6OutNoRoutes*) echo "${mark} $line";; esac; done <"$file"; done; exit $ended`;

const shellLine = (shell: readonly string[]): string => `SHELL ${JSON.stringify(['/bin/sh', '-c', counting, '--', ...shell])}`;

/**
 * Generates a Dockerfile whose RUN steps also print whether they tried to reach the network. This shows why a build without a
 * network failed, whatever its programs print. Each step runs in its own network namespace, so the counters are the step's.
 */
export const counted = (dockerfileText: string): string =>
  dockerfileText
    .split('\n')
    .flatMap((line) => {
      if (/^FROM /.test(line)) return [line, shellLine(['/bin/sh', '-c'])];
      const words = /^(SHELL|RUN) (\[.*\])$/.exec(line);
      const list = words?.[2] === undefined ? undefined : listOf(words[2]);
      if (!list) return [line];
      return words?.[1] === 'SHELL' ? [shellLine(list)] : [`RUN ${JSON.stringify(['/bin/sh', '-c', counting, '--', ...list])}`];
    })
    .join('\n');

function listOf(json: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return undefined; // a builder then treats it as shell words
  }
}

/**
 * Whether a step of such a build tried to reach an address without a route, or queried a name without a resolver. Linux counters
 * (net/ipv4/proc.c): a connection that fails because no route exists adds to OutNoRoutes, a query to a port without a listener
 * adds to NoPorts, and a packet that the engine's bridge rejects adds to InDestUnreachs.
 */
export function triedNetwork(lines: readonly string[]): boolean {
  const names = new Map<string, readonly string[]>();
  return lines.some((line) => {
    const [, kind = '', rest = ''] = new RegExp(`\\b${mark} (\\w+):?\\s+(.*)$`).exec(line) ?? [];
    if (kind === 'Ip6OutNoRoutes') return Number(rest) > 0;
    const values = rest.split(' ');
    const columns = names.get(kind);
    if (!columns) return void names.set(kind, values);
    if (!/^\d/.test(rest)) return false;
    return values.some(
      (value, at) => ['OutNoRoutes', 'NoPorts', 'InDestUnreachs'].includes(columns[at] ?? '') && Number(value) > 0,
    );
  });
}
