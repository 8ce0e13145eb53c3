import type { ExecResult } from '../../lab/world.ts';

/** Requests sent at the same time. */
const together = 10;

/**
 * A shell script that sends `count` requests to `host:port`, ten at a time, and prints the status of each; `000`: no answer within 10 s. Exit 127: no curl.
 * Throws TypeError for a host or path that the shell could interpret.
 */
export function loadScript(host: string, path: string, count: number): string {
  if (!/^[\w.-]+:\d+$/.test(host) || !/^\/[\w./~?=&-]*$/.test(path)) throw new TypeError(`not a plain address: ${host}${path}`);
  return [
    'command -v curl >/dev/null || exit 127',
    `i=0; while [ $i -lt ${count} ]; do`,
    `  curl -q -4 -s --noproxy '*' -o /dev/null -m 10 -w 'status %{http_code}\\n' 'http://${host}${path}' &`,
    `  i=$((i+1)); if [ $((i % ${together})) = 0 ]; then wait; fi`,
    'done; wait',
  ].join('\n');
}

/** How many of `sent` requests were answered with a status of 200 to 299, and the others by status. */
export function readLoad(
  { stdout }: ExecResult,
  sent: number,
): { readonly answered: number; readonly others: Readonly<Record<string, number>> } {
  const statuses = [...stdout.matchAll(/^status (\d{3})$/gm)].map(([, status = '']) => status);
  const bad = [
    ...statuses.filter((one) => !one.startsWith('2')),
    ...Array<string>(Math.max(0, sent - statuses.length)).fill('000'),
  ];
  const others: Record<string, number> = {};
  for (const status of bad) others[status] = (others[status] ?? 0) + 1;
  return { answered: Math.max(0, sent - bad.length), others };
}
