/** The hosts that builds may use if the rubric names none: the indexes of pip, npm, apt and apk. */
export const standardHosts: readonly string[] = [
  'pypi.org',
  'files.pythonhosted.org',
  'registry.npmjs.org',
  'deb.debian.org',
  'security.debian.org',
  'dl-cdn.alpinelinux.org',
];

/**
 * A host as a rubric names it: `pypi.org`, `mirror.example.org:8080`, or `*.example.org` for every name with one label more. An address is none: its last
 * part is a number.
 */
export const hostPattern =
  /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/i;

/** The ports of hosts that are named without one. */
export const defaultPorts = { tunnel: 443, plain: 80 } as const;

/** Whether a rubric's list has this host and port. `kind`: a tunnel (CONNECT), or a plain HTTP request. */
export function isListed(hosts: readonly string[], kind: keyof typeof defaultPorts, host: string, port: number): boolean {
  return hosts.some((listed) => {
    const [pattern = '', listedPort] = listed.toLowerCase().split(':');
    return Number(listedPort ?? defaultPorts[kind]) === port && matches(pattern, host);
  });
}

function matches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const [, rest = ''] = /^[^.]+(\..+)$/.exec(host) ?? [];
  return rest === pattern.slice(1);
}
