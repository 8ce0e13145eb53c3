import { pad, widthOf } from './layout.ts';

/** Columns to leave out of a table that is too wide, least informative first. */
const dispensable = ['COMMAND', 'IMAGE', 'CREATED', 'PORTS', 'SERVICE'];

/**
 * A table as `docker compose ps` prints it (headings in capitals, columns separated by two blanks or more) in at most `columns`: leaves out whole
 * columns, the same in every row. Undefined: it is not such a table, or does not fit even so.
 */
export function fitTable(lines: readonly string[], columns: number): string[] | undefined {
  const table = tableOf(lines);
  if (!table) return undefined;
  const kept = new Set(table);
  const total = () => [...kept].reduce((sum, { width }) => sum + width + 2, -2);
  for (const name of dispensable) {
    const column = table.find((one) => one.name === name);
    if (column && total() > columns) kept.delete(column);
  }
  if (total() > columns) return undefined;
  return lines.map((_, row) =>
    [...kept]
      .map(({ cells, width }) => pad(cells[row] ?? '', width))
      .join('  ')
      .trimEnd(),
  );
}

interface Column {
  readonly name: string;
  /** One for each line, the heading included. */
  readonly cells: readonly string[];
  readonly width: number;
}

/** Keeps the place of a second column. */
const filler = '\u0000';
/**
 * The lines with one character for each column that Docker counted: in a Chinese locale it counts two for `…`, as in `"docker-entrypoint.s…"`. `starts`: where
 * the columns begin, each after a blank.
 */
function inColumns(lines: readonly string[], starts: readonly number[]): readonly string[] {
  const isAligned = (line: string) => starts.every((from) => from === 0 || (line[from - 1] ?? ' ') === ' ');
  return lines.every(isAligned) ? lines : lines.map((line) => line.replaceAll('…', `…${filler}`));
}

/** The columns of such a table. Undefined: the lines are not one. */
export function tableOf(lines: readonly string[]): readonly Column[] | undefined {
  const [header = ''] = lines;
  if (!/^[A-Z][A-Z ]*(?: {2,}[A-Z][A-Z ]*)+$/.test(header.trimEnd())) return undefined;
  const headings = [...header.matchAll(/[A-Z]+(?: [A-Z]+)*/g)].map((match) => ({ name: match[0], from: match.index }));
  const rows = inColumns(
    lines,
    headings.map(({ from }) => from),
  );
  return headings.map(({ name, from }, at) => {
    const cells = rows.map((line) =>
      line
        .slice(from, headings[at + 1]?.from)
        .replaceAll(filler, '')
        .trim(),
    );
    return { name, cells, width: Math.max(...cells.map(widthOf)) };
  });
}
