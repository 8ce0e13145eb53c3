import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import type { ProxySpec, StackSpec } from '../../lab/stack.ts';

/** A script that prints a proxy's configuration; it runs in the proxy's container. */
export const confScript = ({ confDir, confFiles }: ProxySpec): string =>
  `cat ${confFiles.map((file) => `${confDir}/${file}`).join(' ')} 2>/dev/null; true`;

/**
 * Running containers of other services than the rubric's, on a network of the front: a front may pass requests to them too, for
 * example if a student copied the app instead of scaling it.
 */
export function otherServices({ replicas }: ProjectFacts, { services }: StackSpec, front: Replica): Replica[] {
  const known = new Set(Object.values(services).map(({ name }) => name));
  return replicas.filter((one) => one.state === 'running' && !known.has(one.service) && sharedNetwork(front, one) !== undefined);
}

/**
 * The addresses (`address:port`) of those of these containers to which a front's configuration passes requests. Without a port in
 * the configuration: the app's port and HTTP's.
 */
export function upstreamsIn(conf: string, front: Replica, beside: readonly Replica[], appPort: number): string[][] {
  const words = [...conf.replace(/#.*$/gm, '').matchAll(/([\w.-]+)(?::(\d+))?/g)];
  return beside.flatMap((one) => {
    const { address = '', aliases = [] } = sharedNetwork(front, one) ?? {};
    const names = new Set([one.service, one.name, address, ...aliases]);
    const value = words.filter(([, word = '']) => names.has(word));
    if (address === '' || value.length === 0) return [];
    const ports = new Set(value.flatMap(([, , port]) => (port ? [port] : [])));
    return [[...(ports.size > 0 ? ports : [appPort, 80])].map((port) => `${address}:${port}`)];
  });
}

const sharedNetwork = (front: Replica, one: Replica) => Object.entries(one.networks).find(([name]) => front.networks[name])?.[1];
