import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { filled } from '../../formats/interpolate.ts';
import { type StackSpec, serviceNames } from '../../lab/stack.ts';

/** Adds a finding at a node of a Compose file. */
export type Report = (node: unknown, rule: string, what: readonly [string, string], help: readonly [string, string]) => void;

/** Those of the stack's `.env`. */
export type Variables = Readonly<Record<string, string>>;

type Published = NonNullable<StackSpec['published']>;

/** A port of the host in `ports`. */
interface HostPort {
  /** Undefined: the engine chooses. */
  readonly host?: string;
  readonly inside: string;
  readonly node: unknown;
  /** As written. */
  readonly written: string;
}

/** Reports each port of the host that the stack does not describe, and a described one that is not published: a run could not move these. */
export function portFindings(
  { services, published }: StackSpec,
  entries: readonly { readonly key: string; readonly value: YAMLMap }[],
  report: Report,
  env: Variables,
): void {
  const role = published && serviceNames({ services })[published.role];
  const service = entries.find(({ key }) => key === role);
  // a role without a service is reported as such
  if (published && !service) return;
  let isFound = false;
  for (const { key, value } of entries) {
    for (const port of portsOf(value, env)) {
      if (published && key === role && port.inside === `${published.containerPort}`) {
        isFound = true;
        describedPort(port, key, published, report);
      } else if (port.host !== undefined) undescribed(port, key, published !== undefined, report);
    }
  }
  if (published && service && !isFound) {
    const line = `"127.0.0.1:${published.hostPort}:${published.containerPort}"`;
    report(
      service.value,
      'port-unpublished',
      [
        `${role} does not publish port ${published.containerPort}, as the stack describes`,
        `${role} 沒有依照 stack 的描述發佈連接埠 ${published.containerPort}`,
      ],
      [`add to its \`ports\`: ${line}`, `請在 \`ports\` 加上：${line}`],
    );
  }
}

function describedPort(port: HostPort, service: string, published: Published, report: Report): void {
  if (port.host !== `${published.hostPort}`)
    report(
      port.node,
      'port-other',
      [
        `${service} publishes ${port.written}, and the stack describes port ${published.hostPort} of the host`,
        `${service} 發佈了 ${port.written}，但 stack 描述的是主機的連接埠 ${published.hostPort}`,
      ],
      ['use the same port in both', '請在兩處使用相同的連接埠'],
    );
  else if (published.variable === undefined ? port.written.includes('$') : !port.written.includes(published.variable))
    report(
      port.node,
      'port-variable',
      [
        `\`published\` and compose.yaml name different variables for port ${published.hostPort}`,
        `\`published\` 和 compose.yaml 的連接埠 ${published.hostPort} 使用不同的變數`,
      ],
      ['use the same variable in both, or a plain number', '請在兩處使用相同的變數，或只寫數字'],
    );
}

const undescribed = (port: HostPort, service: string, hasOther: boolean, report: Report): void =>
  report(
    port.node,
    'port-undescribed',
    [
      `${service} publishes ${port.written}, which the stack does not describe: a run cannot use another port if it is taken`,
      `${service} 發佈了 ${port.written}，但 stack 沒有描述：連接埠被佔用時無法改用其他連接埠`,
    ],
    hasOther
      ? ['remove it: services reach each other by name, without a published port', '請移除：服務之間用名稱連線，不需要發佈連接埠']
      : ['describe it: `published: { of: …, port: …, on: … }`', '請描述它：`published: { of: …, port: …, on: … }`'],
  );

function portsOf(service: YAMLMap, env: Variables): HostPort[] {
  const ports = service.get('ports', true);
  if (!isSeq(ports)) return [];
  return ports.items.flatMap((node): HostPort[] => {
    if (isMap(node)) {
      const [published, target] = [node.get('published'), node.get('target')];
      const inside = filled(String(target ?? ''), env);
      const host = published === undefined || published === null ? {} : { host: filled(String(published), env) };
      return [{ ...host, inside, node, written: `${String(published)}:${String(target)}` }];
    }
    if (!isScalar(node)) return [];
    const written = String(node.value);
    const parts = /^(?:.*:)?([\d-]*):([\d-]+)(?:\/\w+)?$/.exec(filled(written, env));
    const [, host = '', inside = ''] = parts ?? [];
    return [{ ...(host === '' ? {} : { host }), inside, node, written }];
  });
}
