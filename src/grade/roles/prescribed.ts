import { portOf, type ServiceNames, type StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Remark } from '../types.ts';

/** What an assignment prescribes for a role: its service's name, the port that it listens on, and the port that it publishes on the host. */
export interface Prescribed {
  readonly name?: string | undefined;
  readonly port?: number | undefined;
  readonly published?: number | undefined;
}

export const prescribedCodes = ['prescribed-name', 'prescribed-port', 'prescribed-published'] as const;

/** A remark for each name and port that differs from what the rubric prescribes. A role without a service has none: it is missing. */
export function prescribedNotes(
  prescribed: Readonly<Record<string, Prescribed>>,
  { stack, names, spec }: { readonly stack: NormalStack; readonly names: ServiceNames; readonly spec: StackSpec },
): Remark[] {
  return Object.entries(prescribed).flatMap(([role, { name, port, published }]): Remark[] => {
    const service = names[role] ?? role;
    const found = stack.services[service];
    if (!found) return [];
    const hostPorts = found.ports.map(({ hostPort }) => hostPort).filter((one) => one !== 0);
    const differs = (code: (typeof prescribedCodes)[number], what: Text): Remark => ({ code, service, text: what });
    return [
      ...(name === undefined || name === service
        ? []
        : [
            differs(
              'prescribed-name',
              text(
                `the service is named ${service}; the assignment prescribes ${name}`,
                `服務名稱是 ${service}；作業規定的名稱是 ${name}`,
              ),
            ),
          ]),
      ...(port === undefined || port === portOf(spec, role)
        ? []
        : [
            differs(
              'prescribed-port',
              text(
                `it listens on port ${portOf(spec, role)}; the assignment prescribes ${port}`,
                `它監聽連接埠 ${portOf(spec, role)}；作業規定的是 ${port}`,
              ),
            ),
          ]),
      ...(published === undefined || hostPorts.includes(published)
        ? []
        : [
            differs(
              'prescribed-published',
              hostPorts.length === 0
                ? text(
                    `it publishes no port; the assignment prescribes ${published}`,
                    `它沒有發佈連接埠；作業規定的是 ${published}`,
                  )
                : text(
                    `it publishes port ${hostPorts.join(', ')}; the assignment prescribes ${published}`,
                    `它發佈連接埠 ${hostPorts.join('、')}；作業規定的是 ${published}`,
                  ),
            ),
          ]),
    ];
  });
}
