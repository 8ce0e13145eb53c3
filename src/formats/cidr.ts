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
