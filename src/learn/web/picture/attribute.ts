import type { LoggedRequest } from '../../../checks/evidence/log-line.ts';
import { contains, parseCidr } from '../../../formats/cidr.ts';
import type { PictureState } from './state.ts';

/**
 * Who sent a request: a container's ID, or `host` for a gateway and for what is outside of the networks. Undefined: the line does not show it, or the address is that
 * of a container that is not one of the stack's.
 */
export function senderOf(
  { facts, owners }: Pick<PictureState, 'facts' | 'owners'>,
  { client }: LoggedRequest,
): string | undefined {
  if (client === undefined) return undefined;
  const owner = owners[client];
  if (owner !== undefined) return owner;
  const address = parseCidr(client);
  if (!address) return undefined;
  const subnets = Object.values(facts.subnets);
  if (subnets.some(({ gateways }) => gateways.includes(client))) return 'host';
  return subnets.some(({ ranges }) => ranges.some((range) => contains(range, address))) ? undefined : 'host';
}

/** The nonce of one of labwright's own probes (`/?lab=…`): the same request has it in the log of the proxy, and in that of the replica that answered. */
export const nonceOf = ({ target }: LoggedRequest): string | undefined => /[?&]lab=([\w-]{1,80})/.exec(target)?.[1];

/**
 * Whether it is one of labwright's own probes: these have a nonce (`/?lab=…`) or are for the plain page (`/?`). Requests for the path that tests whether a service is
 * ready count as such too.
 */
export function isOwn({ spec }: Pick<PictureState, 'spec'>, service: string, { target }: LoggedRequest): boolean {
  if (target === '/?' || /[?&]lab=/.test(target)) return true;
  const paths = Object.values(spec.services)
    .filter(({ name }) => name === service)
    .map(({ readyPath }) => readyPath);
  return target !== '/' && paths.includes(target);
}
