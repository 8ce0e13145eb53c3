import type { Lang } from '../../lab/text.ts';
import { wordsOf } from '../messages.ts';
import { tableOf } from './table-rows.ts';

/** Fewer lines are shown as they are. */
const fewLines = 3;
/** Lines that are shown of another table. */
const mostRows = 6;
/** Different hostnames or addresses that are listed. */
const mostKeys = 6;

/** A container's hostname, as Docker sets it, or an IPv4 address. */
const identity = /^(?:[0-9a-f]{12}|\d{1,3}(?:\.\d{1,3}){3})$/;
/** `docker compose rm` lists what it asks about, also if it does not ask. */
const goingToRemove = /^Going to remove /;
/** What `docker stop` and others print: the ID of each container. Its first 12 digits are the container's hostname. */
const containerId = /^[0-9a-f]{64}$/;
const integer = /^\d{1,15}$/;

/**
 * The output of a command in few lines: which hosts answered how often, which containers run, or its first lines. `command`: the command line, which
 * determines whether a line is called an answer or a ping. `hidden`: lines that were not kept.
 */
export function digest(command: string, output: readonly string[], hidden: number, lang: Lang): string[] {
  const words = wordsOf(lang);
  const lines = output.filter((line) => line.trim() !== '' && !goingToRemove.test(line));
  const services = hidden === 0 ? servicesOf(output) : undefined;
  if (services) return [words.containers(services.length, tallied(services, lang, true))];
  if (lines.length > 0 && hidden === 0 && lines.every((line) => containerId.test(line)))
    return [shortened(lines.map((line) => line.slice(0, 12))).join(words.comma)];
  if (lines.length + hidden <= fewLines) return lines;
  if (tableOf(lines) || isVersion1Table(lines)) return cutOff(lines, mostRows, hidden, lang);
  const alike = hidden === 0 ? alikeLines(lines) : undefined;
  if (!alike) return [cutOff(lines, 1, hidden, lang).join(' ')];
  const kind = /\bping\b/.test(command) ? 'pings' : /\bcurl\b|^GET /.test(command) ? 'answers' : 'lines';
  const { keys, counter } = alike;
  return [words.digest(kind, lines.length, keys && tallied(keys, lang), counter)];
}

function cutOff(lines: readonly string[], most: number, hidden: number, lang: Lang): string[] {
  const more = lines.length + hidden - most;
  return [...lines.slice(0, most), ...(more > 0 ? [wordsOf(lang).moreLines(more)] : [])];
}

/** The services of a `docker compose ps` table, one for each container. */
function servicesOf(output: readonly string[]): readonly string[] | undefined {
  if (isVersion1Table(output)) {
    const names = output.slice(2).filter((line) => /^\S/.test(line));
    const services = names.flatMap((line) => /^[^\s_]+_(\S+)_\d+\s/.exec(line)?.[1] ?? []);
    return services.length > 0 && services.length === names.length ? services : undefined;
  }
  const cells = tableOf(output)
    ?.find(({ name }) => name === 'SERVICE')
    ?.cells.slice(1);
  return cells && cells.length > 0 && cells.every((cell) => cell !== '') ? cells : undefined;
}

/** `docker-compose ps`: it names containers `project_service_1`, and continues long cells on lines that start with blanks. */
const isVersion1Table = ([head = '', rule = '']: readonly string[]): boolean =>
  /^\s*Name\s+Command\s+State\b/.test(head) && /^-+\s*$/.test(rule);

interface Alike {
  /** The hostname or address in each line. */
  readonly keys?: readonly string[];
  /** The first and last number of a place where each line has one more than the line before. */
  readonly counter?: readonly [first: number, last: number];
}

/** Lines that differ only in a hostname or address, and in numbers. Undefined: they differ in other words. */
function alikeLines(lines: readonly string[]): Alike | undefined {
  const rows = lines.map((line) => line.match(/[^\s,;:()[\]"']+/g)?.map((word) => word.replace(/[.!?]+$/, '')) ?? []);
  const [first = []] = rows;
  if (rows.some((row) => row.length !== first.length)) return undefined;
  const columns = first.map((_, at) => rows.map((row) => row[at] ?? ''));
  const keys = columns.find((column) => column.every((word) => identity.test(word)));
  const others = columns.filter((column) => column !== keys && new Set(column).size > 1);
  if (others.some((column) => !column.every((word) => integer.test(word) || identity.test(word)))) return undefined;
  const counter = others.find((column) => column.every((word, at) => at === 0 || Number(word) === Number(column[at - 1]) + 1));
  if (!keys && !counter) return undefined;
  return {
    ...(keys ? { keys } : {}),
    ...(counter ? { counter: [Number(counter[0]), Number(counter.at(-1))] } : {}),
  };
}

/** `4f0c9be1d2a7 ×4, a81d33c07e55 ×3`: each word with its number, the most frequent first. */
function tallied(all: readonly string[], lang: Lang, withoutOnes = false): string {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const words = sorted.map(([word, count]) => (count === 1 && withoutOnes ? word : `${word} ×${count}`));
  return shortened(words).join(wordsOf(lang).comma);
}

const shortened = (words: readonly string[]): string[] => [
  ...words.slice(0, mostKeys),
  ...(words.length > mostKeys ? ['…'] : []),
];
