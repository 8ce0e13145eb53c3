import { networkInterfaces } from 'node:os';
import { addressBytes } from '../../formats/cidr.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';

/** Where a class listens. */
export interface ListenAddress {
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  /** In the join code. */
  readonly named: string;
}

/** Of this machine, except loopback and link-local ones: those that other machines may reach. */
export const machineAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);

/**
 * The value of `--listen`: an IP address of this machine, and perhaps a port (`[fd00::1]:8443`). All addresses (`0.0.0.0`, `::`) only if they are named; the code then
 * has the first one of `known`. Throws LabError E_USAGE, with the addresses of this machine.
 */
export function parseListen(written: string | undefined, known: readonly string[]): ListenAddress {
  if (written === undefined)
    throw invalid(text('lab class: name the address to listen on', 'lab class：請指定要監聽的位址'), known);
  const [, bracketed, plain, port = '0'] = /^(?:\[([^\]]+)\]|([^[\]]+?))(?::(\d{1,5}))?$/.exec(oneColon(written)) ?? [];
  const address = bracketed ?? plain ?? '';
  const bytes = addressBytes(address);
  if (!bytes || Number(port) > 65_535)
    throw invalid(
      text(
        `lab class: --listen can't be '${written}'; it is an IP address, perhaps with a port`,
        `lab class：--listen 不能是「${written}」，必須是 IP 位址，可以加上連接埠`,
      ),
      known,
    );
  const isAll = bytes.every((byte) => byte === 0);
  const named = isAll ? known.find((one) => addressBytes(one)?.length === bytes.length) : address;
  if (named === undefined)
    throw invalid(
      text('lab class: this machine has no address that learners could reach', 'lab class：這台機器沒有學習者連得到的位址'),
      known,
    );
  return { address, port: Number(port), named };
}

/** An IPv6 address without brackets has no port. */
const oneColon = (written: string): string => (/:.*:/.test(written) && !written.startsWith('[') ? `[${written}]` : written);

/** The system's error of listening, as one that says what to do. */
export function listenError(error: NodeJS.ErrnoException, { address, port }: ListenAddress, known: readonly string[]): unknown {
  if (error.code === 'EADDRNOTAVAIL')
    return invalid(
      text(`lab class: ${address} is not an address of this machine`, `lab class：${address} 不是這台機器的位址`),
      known,
    );
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  return new LabError(
    'E_PORT_TAKEN',
    text(`port ${port} is in use, or not allowed for this user`, `連接埠 ${port} 已被使用，或這個使用者不能使用`),
    text('name another port, or none: then a free one is taken', '請指定其他連接埠，或不指定：會自動使用空閒的連接埠'),
    { cause: error },
  );
}

const invalid = (message: Text, known: readonly string[]): LabError =>
  new LabError(
    'E_USAGE',
    message,
    known.length === 0
      ? text('`lab class --help` shows its usage', '`lab class --help` 會列出所有用法')
      : text(
          `addresses of this machine: ${known.join(', ')}. For example: lab class --listen ${known[0]}`,
          `這台機器的位址：${known.join('、')}。例如：lab class --listen ${known[0]}`,
        ),
  );
