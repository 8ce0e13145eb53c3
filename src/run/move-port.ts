import { isMap, isScalar, isSeq, parseDocument, type Scalar } from 'yaml';

/**
 * A Compose file in which the port `from` of the host is `to`; everything else stays as written. Both forms of `ports` are read
 * (docs.docker.com/reference/compose-file/services/#ports). Unchanged if no service publishes that port.
 */
export function movePort(source: string, from: number, to: number): string {
  const services = parseDocument(source).get('services', true);
  if (!isMap(services)) return source;
  const changes = services.items.flatMap(({ value }) => {
    const ports = isMap(value) ? value.get('ports', true) : undefined;
    return isSeq(ports) ? ports.items.flatMap((port) => changeOf(port, from, to)) : [];
  });
  return changes
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), source);
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function changeOf(port: unknown, from: number, to: number): Change[] {
  if (isMap(port)) {
    const published = port.get('published', true);
    return isScalar(published) && Number(published.value) === from ? replaced(published, String(to)) : [];
  }
  if (!isScalar(port)) return [];
  const [, before = '', host, after = ''] = /^((?:.*:)?)(\d+)(:\d+(?:\/\w+)?)$/.exec(String(port.value)) ?? [];
  return Number(host) === from ? replaced(port, `"${before}${to}${after}"`) : [];
}

const replaced = ({ range }: Scalar, by: string): Change[] => (range ? [{ start: range[0], end: range[1], by }] : []);
