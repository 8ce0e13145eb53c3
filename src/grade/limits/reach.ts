/** The word that the lines of these counters start with. */
const mark = 'labwright-net';

/** Ends as the command that it is given, and prints the kernel's counters of the step's own network namespace. */
const counting =
  '"$@"; ended=$?; for file in /proc/net/snmp /proc/net/snmp6; do while read -r line; do ' +
  `case $line in Ip:*|Udp:*|Ip6OutNoRoutes*) echo "${mark} $line";; esac; done <"$file"; done; exit $ended`;

const shellLine = (shell: readonly string[]): string => `SHELL ${JSON.stringify(['/bin/sh', '-c', counting, '--', ...shell])}`;

/**
 * A Dockerfile of ours whose RUN lines also print whether they tried to reach the network: a build without one can be asked why it failed, whatever
 * its programs print. Each step runs in a network namespace of its own, so the counters are the step's.
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
    return undefined; // then a builder takes it for words of a shell
  }
}

/**
 * Whether a step of such a build tried to reach an address that it has no route to, or asked for a name where no resolver is. Counters of Linux
 * (net/ipv4/proc.c): a connection that is refused for want of a route adds to OutNoRoutes, a question to a port where nothing listens to NoPorts.
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
    return values.some((value, at) => ['OutNoRoutes', 'NoPorts'].includes(columns[at] ?? '') && Number(value) > 0);
  });
}
