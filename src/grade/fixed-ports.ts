import { text } from '../lab/text.ts';
import type { NormalStack } from './policy/sanitized-stack.ts';
import type { Remark } from './types.ts';

/**
 * A remark `fixed-port` for each service that publishes a fixed host port: the engine gives a host port to one container only, so a second replica does
 * not start. The sandbox publishes no ports, so nothing else shows it. A range of host ports, or any port, is not fixed. `published`: the service whose
 * port is meant to be published, which is not scaled.
 */
export function fixedPorts({ services }: NormalStack, published: string | undefined): Remark[] {
  return Object.entries(services).flatMap(([service, { ports }]): Remark[] => {
    const fixed = ports.find(({ hostPort, oneOfSeveral }) => hostPort !== 0 && !oneOfSeveral);
    if (!fixed || service === published) return [];
    const port = `${fixed.hostPort}:${fixed.containerPort}`;
    return [
      {
        code: 'fixed-port',
        service,
        text: text(
          `the host port in ${port} is fixed: it can be published only once, so ${service} cannot be scaled`,
          `${port} 固定了主機的連接埠：同一個連接埠只能發佈一次，所以 ${service} 無法擴展`,
        ),
      },
    ];
  });
}
