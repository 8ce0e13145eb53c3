import { readStages } from '../formats/dockerfile.ts';

const fold = (line: string) => line.replace(/\s+/g, ' ');
/** The words of an exec form, `["pip", "install"]`; undefined for the shell form. */
function listOf(rest: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(rest);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
/** `RUN ["pip", "install"]` is shown as `pip install`, `CMD ["python", "app.py"]` as `["python" "app.py"]`. */
const words = (rest: string): string => listOf(rest)?.join(' ') ?? rest;
const quoted = (rest: string): string =>
  listOf(rest)
    ?.map((word) => JSON.stringify(word))
    .join(' ') ?? rest;
/** What every builder records of an instruction in an image's history. */
const trace: Readonly<Record<string, (rest: string) => string>> = {
  RUN: (rest) => words(rest.replace(/^(--\S+ )*/, '')),
  COPY: () => 'COPY',
  ADD: () => 'ADD',
  WORKDIR: (rest) => (rest.includes('$') ? '' : rest),
  USER: (rest) => (rest.includes('$') ? '' : rest),
  ENV: (rest) => rest.split(/[= ]/)[0] ?? '',
  CMD: quoted,
  ENTRYPOINT: quoted,
};

/**
 * The legacy builder writes `/bin/sh -c #(nop) COPY …`, and only the command for a RUN; BuildKit writes the instruction first.
 */
const shows = (line: string, word: string, left: string) => (word === 'RUN' || line.includes(word)) && line.includes(left);

/** Settings that a builder may write on one line or in a different order. */
const shared = new Set(['ENV', 'CMD', 'ENTRYPOINT']);

/** The Dockerfile's instructions that an image's history, oldest first, does not show in the same order. */
export function missingFrom(history: readonly string[], dockerfile: string): string[] {
  const missing: string[] = [];
  let at = 0;
  for (const { word, rest: written } of readStages(dockerfile).stages.at(-1)?.instructions ?? []) {
    const rest = fold(written).trim();
    const left = trace[word]?.(rest);
    if (left === undefined) continue;
    const found = history.findIndex((line, index) => index >= at && shows(fold(line), word, left));
    if (found < 0) missing.push(`${word} ${rest}`);
    else at = found + (shared.has(word) ? 0 : 1);
  }
  return missing;
}
