import ipaddr from 'ipaddr.js';

/** A range of IPv4 addresses as numbers, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** The range of `10.1.0.0/16`, or of a single address; undefined for anything else (IPv6, `default`). */
export function parseCidr(written: string): AddressRange | undefined {
  const [address = '', prefix = '32', ...more] = written.split('/');
  if (more.length > 0 || !ipaddr.IPv4.isValidFourPartDecimal(address) || !/^(?:[12]?\d|3[0-2])$/.test(prefix)) return undefined;
  const cidr = `${address}/${prefix}`;
  return {
    first: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr)),
    last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr)),
  };
}

const toNumber = (address: ipaddr.IPv4): number => address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);

/** Whether two ranges share an address. */
export const overlaps = (one: AddressRange, other: AddressRange): boolean => one.first <= other.last && other.first <= one.last;

/** Whether `inner` is completely inside `outer`. */
export const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  inner.first >= outer.first && inner.last <= outer.last;

/** Addresses for documentation (RFC 5737): they lead nowhere on the Internet, and networks for tests use them. */
const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'].map(parseCidr);

/**
 * Whether an address is one of the Internet's: not private, loopback, link-local, multicast or reserved, and not an IPv6 address that contains such an
 * IPv4 address. False for what is not an address.
 */
export function isPublicAddress(written: string): boolean {
  if (!ipaddr.isValid(written)) return false;
  const address = ipaddr.process(written);
  if (address instanceof ipaddr.IPv6) {
    // NAT64: the last four bytes are the IPv4 address
    const bytes = address.toByteArray();
    if (address.range() === 'rfc6052' && bytes.slice(4, 12).every((byte) => byte === 0))
      return isPublicAddress(bytes.slice(12).join('.'));
    return address.range() === 'unicast';
  }
  if (address.range() === 'unicast') return true;
  const own = parseCidr(address.toString());
  return documentation.some((range) => range !== undefined && own !== undefined && contains(range, own));
}

/** The four or sixteen bytes of an IP address; undefined for anything else, an IPv6 address with a zone among it. */
export function addressBytes(written: string): number[] | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(written)) return ipaddr.IPv4.parse(written).toByteArray();
  return !written.includes('%') && ipaddr.IPv6.isValid(written) ? ipaddr.IPv6.parse(written).toByteArray() : undefined;
}

/** The IP address of four or sixteen bytes, in its usual short form. */
export const addressOf = (bytes: readonly number[]): string => ipaddr.fromByteArray([...bytes]).toString();
