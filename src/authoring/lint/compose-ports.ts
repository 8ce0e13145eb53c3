import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { filled } from '../../formats/interpolate.ts';
import { type StackSpec, serviceNames } from '../../lab/stack.ts';

/** Adds a finding at a node of a Compose file. */
export type Report = (node: unknown, rule: string, what: readonly [string, string], help: readonly [string, string]) => void;

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
): void {
  const role = published && serviceNames({ services })[published.role];
  let isFound = false;
  for (const { key, value } of entries) {
    for (const port of portsOf(value)) {
      if (port.host === undefined) continue;
      const isDescribed =
        published && key === role && port.host === `${published.hostPort}` && port.inside === `${published.containerPort}`;
      if (!isDescribed) {
        report(
          port.node,
          'port-undescribed',
          [
            `${key} publishes ${port.written}, which the stack does not describe: a run cannot use another port if it is taken`,
            `${key} 發佈了 ${port.written}，但 stack 沒有描述：連接埠被佔用時無法改用其他連接埠`,
          ],
          published
            ? [
                'publish only the port in `published`; name services by their DNS name otherwise',
                '請只發佈 `published` 裡的連接埠；其他服務請用 DNS 名稱存取',
              ]
            : ['describe it: `published: { of: …, port: …, on: … }`', '請描述它：`published: { of: …, port: …, on: … }`'],
        );
        continue;
      }
      isFound = true;
      if (published.variable === undefined ? port.written.includes('$') : !port.written.includes(published.variable))
        report(
          port.node,
          'port-variable',
          [
            `\`published\` and compose.yaml name different variables for the port ${published.hostPort}`,
            `\`published\` 和 compose.yaml 的連接埠 ${published.hostPort} 使用不同的變數`,
          ],
          ['use the same variable in both, or a plain number', '請在兩處使用相同的變數，或只寫數字'],
        );
    }
  }
  const service = entries.find(({ key }) => key === role);
  if (published && service && !isFound)
    report(
      service.value,
      'port-unpublished',
      [
        `${role} does not publish port ${published.containerPort} on ${published.hostPort}, as the stack describes`,
        `${role} 沒有依照 stack 的描述，把連接埠 ${published.containerPort} 發佈到 ${published.hostPort}`,
      ],
      [
        `write: "127.0.0.1:${published.hostPort}:${published.containerPort}"`,
        `請寫成："127.0.0.1:${published.hostPort}:${published.containerPort}"`,
      ],
    );
}

function portsOf(service: YAMLMap): HostPort[] {
  const ports = service.get('ports', true);
  if (!isSeq(ports)) return [];
  return ports.items.flatMap((node): HostPort[] => {
    if (isMap(node)) {
      const [published, target] = [node.get('published'), node.get('target')];
      const inside = filled(String(target ?? ''), {});
      const host = published === undefined || published === null ? {} : { host: filled(String(published), {}) };
      return [{ ...host, inside, node, written: `${String(published)}:${String(target)}` }];
    }
    if (!isScalar(node)) return [];
    const written = String(node.value);
    const parts = /^(?:.*:)?([\d-]*):([\d-]+)(?:\/\w+)?$/.exec(filled(written, {}));
    const [, host = '', inside = ''] = parts ?? [];
    return [{ ...(host === '' ? {} : { host }), inside, node, written }];
  });
}
