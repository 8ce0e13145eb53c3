import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip file. Any field may be wrong. */
export interface ZipEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** The Unix mode, with the file type; without it, the entry has no Unix mode. */
  readonly mode?: number;
  readonly store?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  /** The uncompressed size that the header declares. */
  readonly size?: number;
  /** The name in the local header, if it differs from the central directory. */
  readonly localName?: string;
  readonly extra?: Uint8Array;
  /** The index of another entry, to share its data. */
  readonly sharesWith?: number;
}

/** Creates a zip file with the given fields. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? '');
    const data = entry.store ? content : deflateRawSync(content);
    const extra = Buffer.from(entry.extra ?? []);
    const method = entry.method ?? (entry.store ? 0 : 8);
    const offset = entry.sharesWith === undefined ? at : (offsets[entry.sharesWith] ?? 0);
    const size = entry.size ?? content.length;
    const sums = [entry.crc ?? crc32(content), data.length, size].flatMap((value) => [...u32(value)]);
    const common = (own: Buffer) => [
      ...u16(20),
      ...u16(entry.flags ?? 0x800),
      ...u16(method),
      ...u32(0),
      ...sums,
      ...u16(own.length),
    ];
    const localName = Buffer.from(entry.localName ?? name);
    if (entry.sharesWith === undefined) {
      const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, ...common(localName), ...u16(0)]), localName, data]);
      locals.push(local);
      at += local.length;
    }
    offsets.push(offset);
    const host = entry.mode === undefined ? 0 : 3;
    const head = [0x50, 0x4b, 1, 2, 20, host, ...common(name), ...u16(extra.length), ...u16(0), ...u16(0), ...u16(0)];
    central.push(Buffer.from([...head, ...u32((entry.mode ?? 0) * 0x10000), ...u32(offset)]), name, extra);
  }
  const directory = Buffer.concat(central);
  const end = [
    0x50,
    0x4b,
    5,
    6,
    ...u32(0),
    ...u16(entries.length),
    ...u16(entries.length),
    ...u32(directory.length),
    ...u32(at),
    ...u16(0),
  ];
  return Buffer.concat([...locals, directory, Buffer.from(end)]);
}

const u16 = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(Math.floor(value / 0x10000) & 0xffff)];

export interface TarEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** The POSIX type flag; '0' is a regular file. */
  readonly type?: string;
  readonly mode?: number;
  readonly target?: string;
  /** The size that the header declares. */
  readonly size?: number;
}

const block = 512;

/** Creates a tar archive (POSIX ustar) with the given fields. */
export function tarOf(entries: readonly TarEntry[], end = true): Buffer {
  const parts = entries.flatMap(({ name, content = '', type = '0', mode = 0o644, target = '', size }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(block);
    Buffer.from(name).copy(header, 0, 0, 100);
    header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
    header.write('0000000\x000000000\0', 108);
    header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
    header.write(`${'0'.repeat(11)}\0`, 136);
    header.write(' '.repeat(8), 148);
    header.write(type, 156);
    header.write(target, 157, 100);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(end ? 2 * block : 0)]);
}

/** A POSIX extended (pax) header for the next entry. */
export const paxOf = (fields: Readonly<Record<string, string | Uint8Array>>): TarEntry => ({
  name: 'pax',
  type: 'x',
  content: Buffer.concat(
    Object.entries(fields).map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      const length = rest.length + String(rest.length + String(rest.length).length).length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  ),
});
