import stringWidth from 'string-width';

/** Colours of a terminal window, with ANSI names. */
const themes = {
  light: {
    background: '#ffffff',
    border: '#d1d9e0',
    text: '#1f2328',
    dim: '#59636e',
    green: '#1a7f37',
    red: '#cf222e',
    yellow: '#9a6700',
    cyan: '#1b7c83',
  },
  dark: {
    background: '#0d1117',
    border: '#3d444d',
    text: '#e6edf3',
    dim: '#9198a1',
    green: '#3fb950',
    red: '#f85149',
    yellow: '#d29922',
    cyan: '#39c5cf',
  },
} as const;
export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as Theme[];

type Colour = 'text' | 'green' | 'red' | 'yellow' | 'cyan';
interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: Colour;
}
const plain: Style = { bold: false, dim: false, colour: 'text' };

const codes: Readonly<Record<string, Partial<Style>>> = {
  '0': plain,
  '1': { bold: true },
  '2': { dim: true },
  '22': { bold: false, dim: false },
  '31': { colour: 'red' },
  '32': { colour: 'green' },
  '33': { colour: 'yellow' },
  '36': { colour: 'cyan' },
  '39': { colour: 'text' },
  // the usual background
  '49': {},
};

interface Span {
  readonly text: string;
  readonly style: Style;
}

/** The spans of one line. Throws if an escape sequence is not supported here, because the picture would not show it. */
function spansOf(line: string): Span[] {
  let style = plain;
  const spans: Span[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes
  for (const [, code, text] of line.matchAll(/\x1b\[(\d+)m|([^\x1b]+)/g)) {
    if (text !== undefined) {
      spans.push({ text, style });
      continue;
    }
    const change = codes[code ?? ''];
    if (!change) throw new Error(`no rule for the escape sequence ${code} in ${JSON.stringify(line)}`);
    style = { ...style, ...change };
  }
  return spans;
}

const size = { font: 14, column: 8.43, line: 20, padding: 18 };
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const rounded = (value: number) => Number(value.toFixed(1));

/** Renders terminal text with its colours as an SVG image of `columns` columns. Bars (`█`) become rectangles, so that fonts cannot misalign them. */
export function terminalSvg(lines: readonly string[], theme: Theme, label: string, columns = 80): string {
  const colours = themes[theme];
  const drawn = lines.flatMap((line, row) => {
    const top = size.padding + row * size.line;
    let column = 0;
    return spansOf(line).flatMap(({ text, style }) => {
      const fill = style.dim ? colours.dim : colours[style.colour];
      const weight = style.bold ? ' font-weight="bold"' : '';
      // each group of words starts at its column; runs of spaces only move to the right
      return (text.match(/█+| {2,}|^ | $|(?:(?!█| {2}).)+/g) ?? []).flatMap((part) => {
        const words = part.trim();
        const x = rounded(size.padding + (column + part.length - part.trimStart().length) * size.column);
        const width = rounded(stringWidth(words) * size.column);
        column += stringWidth(part);
        if (words === '') return [];
        if (words.startsWith('█'))
          return `<rect x="${x}" y="${top + 3}" width="${width}" height="${size.line - 7}" fill="${fill}"/>`;
        return `<text x="${x}" y="${top + 15}" fill="${fill}"${weight} textLength="${width}">${escapeXml(words)}</text>`;
      });
    });
  });
  const width = Math.ceil(size.padding * 2 + columns * size.column);
  const height = size.padding * 2 + lines.length * size.line;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(label)}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK TC', monospace" font-size="${size.font}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.background}" stroke="${colours.border}"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
