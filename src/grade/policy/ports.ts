import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import type { NormalService } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

type Port = NormalService['ports'][number];
interface Range {
  readonly first: number;
  readonly last: number;
}

const mostPorts = 128;
const long = new Set(['target', 'published', 'host_ip', 'protocol', 'mode', 'name', 'app_protocol']);

/** The TCP ports that a service would publish: `hostPort` 0 means any port, `hostIp` '' every address. */
export function readPorts(form: ComposeReader, tree: Tree): Port[] {
  const ports = form.items(tree).flatMap((item) => (item.kind === 'mapping' ? longPort(form, item) : shortPort(form, item)));
  if (ports.length <= mostPorts) return ports;
  form.refuse('ports-invalid', tree.location, text(`at most ${mostPorts} ports`, `最多 ${mostPorts} 個連接埠`));
  return [];
}

const wrong = (form: ComposeReader, location: SourceLocation, written: string): Port[] => {
  form.refuse(
    'ports-invalid',
    location,
    quoting(written, 'this is not a port: {}; write it like "8000:80"', '這不是連接埠：{}，請寫成「8000:80」這樣'),
  );
  return [];
};

function shortPort(form: ComposeReader, tree: Tree): Port[] {
  const word = form.word(tree);
  if (word === undefined) return [];
  const match = /^(?:(?:(\[[\da-fA-F:.]+\]|[\d.]+):)?([\d-]*):)?([\d-]+)(?:\/(tcp|udp|sctp))?$/.exec(word);
  return match
    ? between(form, tree.location, word, match[1] ?? '', match[2] ?? '', match[3] ?? '', match[4])
    : wrong(form, tree.location, word);
}

function longPort(form: ComposeReader, tree: Tree): Port[] {
  const words = new Map<string, string>();
  const read = ({ key, value }: Entry) => {
    const word = form.word(value);
    if (word !== undefined) words.set(key, word);
  };
  form.fields(tree, 'ports', new Map([...long].map((key) => [key, read])));
  const [target = '', published = '', ip = ''] = [words.get('target'), words.get('published'), words.get('host_ip')];
  if (!/^\d+$/.test(target)) return wrong(form, tree.location, target);
  return between(form, tree.location, `${published}:${target}`, ip, published, target, words.get('protocol'));
}

const address = /^(?:|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-fA-F:.]+\]|[\da-fA-F:]*:[\da-fA-F:.]*)$/;

function between(
  form: ComposeReader,
  location: SourceLocation,
  written: string,
  ip: string,
  host: string,
  container: string,
  protocol = 'tcp',
): Port[] {
  const [from, to] = [host === '' ? { first: 0, last: 0 } : range(host), range(container)];
  if (!from || !to || !address.test(ip) || !/^(?:tcp|udp|sctp)$/.test(protocol)) return wrong(form, location, written);
  const count = to.last - to.first + 1;
  // a host range for one container port: the engine uses one port of it
  const pairs = from.last - from.first + 1 === count || host === '';
  if (count > mostPorts || (!pairs && count > 1)) return wrong(form, location, written);
  if (protocol !== 'tcp') return [];
  return Array.from({ length: count }, (_, index) => ({
    hostIp: ip.replace(/^\[|\]$/g, ''),
    hostPort: host === '' ? 0 : from.first + (pairs ? index : 0),
    containerPort: to.first + index,
    ...(pairs ? {} : { oneOfSeveral: true as const }),
  }));
}

function range(written: string): Range | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(written);
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined;
}
