import { includesLoopback } from '../checks/evidence/http.ts';
import type { Endpoint } from '../docker/api/engine-api.ts';
import { LabError } from '../lab/error.ts';
import type { ProjectFacts } from '../lab/facts.ts';
import type { StackSpec } from '../lab/stack.ts';
import { text } from '../lab/text.ts';

/**
 * A stack's published address on this machine's loopback, as `127.0.0.1:8000` or `[::1]:8000`; undefined: none. A wildcard address includes
 * loopback; IPv4 comes first. Throws LabError E_PROBE if the engine is on another machine.
 */
export function publishedAddress(
  { replicas }: ProjectFacts,
  { services, published }: StackSpec,
  engine: Endpoint,
): string | undefined {
  if (!published) return undefined;
  const ports = replicas
    .filter((one) => one.service === services[published.role]?.name && one.state === 'running')
    .flatMap((one) => one.published)
    .filter((one) => one.containerPort === published.containerPort && includesLoopback(one.hostIp));
  const port = ports.find(({ hostIp }) => !hostIp.includes(':')) ?? ports[0];
  if (!port) return undefined;
  assertLoopback(engine);
  if (port.hostIp.includes(':')) return `[::1]:${port.hostPort}`;
  return `${port.hostIp.startsWith('127.') ? port.hostIp : '127.0.0.1'}:${port.hostPort}`;
}

/** A command whose program runs in a container, where `localhost` is the container itself. */
const inContainer = /^docker(?:-compose)?(?: [^|;&]*)? (?:exec|run) /;

/**
 * A command as it has to be run where the stack is published at `published` (`127.0.0.1:8001`; empty: nowhere): `localhost:<port>` follows a port that was
 * moved. `asks`: it sends requests there.
 */
export function atPublished(
  line: string,
  spec: Pick<StackSpec, 'published'>,
  published: string,
): { line: string; asks: boolean } {
  const port = spec.published?.hostPort;
  if (port === undefined || published === '' || inContainer.test(line)) return { line, asks: false };
  const address = `\\b(?:localhost|127\\.0\\.0\\.1):${port}\\b`;
  const isMoved = !published.endsWith(`:${port}`);
  return {
    line: isMoved ? line.replace(new RegExp(address, 'g'), published) : line,
    asks: new RegExp(address).test(line),
  };
}

/** Throws LabError E_PROBE if the engine is on another machine: its stacks publish their ports there, not on this loopback. */
export function assertLoopback({ host }: Endpoint): void {
  if (/^(unix|npipe):/.test(host)) return;
  // URL parses `ssh:` and `tcp:` differently
  const { hostname } = new URL(host.replace(/^\w+:/, 'http:'));
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  throw new LabError(
    'E_PROBE',
    text(
      `the engine at ${host} is on another machine: the port that its stack publishes cannot be asked from here`,
      `${host} 的引擎在另一台機器上：無法從這裡連線到它發佈的連接埠`,
    ),
    text(
      'run it on that machine, or use an engine on this one (`lab doctor`)',
      '請在那台機器上執行，或改用這台機器上的引擎（`lab doctor`）',
    ),
  );
}
