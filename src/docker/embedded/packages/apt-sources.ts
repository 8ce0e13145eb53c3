/** One line or one stanza of apt's sources (sources.list(5)). */
export interface Source {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of a keyring, if one is named. */
  readonly signedBy?: string;
}

const splitBlanks = (value: string | undefined): string[] => (value ?? '').split(/\s+/).filter(Boolean);
const keyringOf = (value: string | undefined): { signedBy?: string } => {
  const first = splitBlanks(value).find((path) => path.startsWith('/'));
  return first ? { signedBy: first } : {};
};

/** The one-line form: `deb [signed-by=/…] http://… trixie main`. */
export function parseSourcesList(content: string): Source[] {
  return content.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (!match) return [];
    const [, type = '', options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1]?.split(',')[0];
    return [{ types: [type], uris: [uri], suites: [suite], components: splitBlanks(components), ...keyringOf(signedBy) }];
  });
}

/** The deb822 form, as in `debian.sources`: stanzas of `Key: value`; lines that begin with a space continue the value. */
export function parseDeb822(content: string): Source[] {
  const text = content
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let key = '';
    for (const line of stanza.split('\n')) {
      const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
      if (match) key = (match[1] ?? '').toLowerCase();
      fields.set(key, match ? (match[2] ?? '') : `${fields.get(key) ?? ''} ${line.trim()}`);
    }
    const uris = splitBlanks(fields.get('uris'));
    if (uris.length === 0 || /^(no|false|0)$/i.test(fields.get('enabled') ?? '')) return [];
    return [
      {
        types: splitBlanks(fields.get('types')),
        uris,
        suites: splitBlanks(fields.get('suites')),
        components: splitBlanks(fields.get('components')),
        ...keyringOf(fields.get('signed-by')),
      },
    ];
  });
}

/** The first mirror with binary packages of component main of a suite that `wanted` accepts. */
export function findMirror(sources: readonly Source[], wanted: (suite: string, uri: string) => boolean): string | undefined {
  for (const { types, uris, suites, components } of sources) {
    if (!types.includes('deb') || !components.includes('main')) continue;
    const uri = uris.find((it) => !it.startsWith('cdrom:') && suites.some((suite) => wanted(suite, it)));
    if (uri) return uri.replace(/\/+$/, '');
  }
  return undefined;
}
