import { createHash } from 'node:crypto';

/** Paths of the pages in the output folder; links between them are relative. */
export const classPage = 'index.html';
/** Lists the open grades, to be filled in and saved as overrides.csv. */
export const openFile = 'overrides-open.csv';
/** What changed since the grading before, and why. */
export const changesPage = 'changes.html';
export const similarPage = 'similar.html';
export const changesTable = 'changes.csv';
export const studentPage = (name: string): string => `students/${name}.html`;

/** Letters and digits that no file system folds or decomposes and no program reads as an option. */
const plain = /^[A-Za-z0-9\p{Script=Han}][A-Za-z0-9_\p{Script=Han}-]{0,39}$/u;
/** Names of devices on Windows. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * File names for the students of a class, by ID: the ID itself if it is safe and differs from the others in more than case;
 * otherwise its safe characters, `~`, and a digest of the ID. No two names are the same, even if case is ignored.
 */
export function fileNames(ids: readonly string[]): (id: string) => string {
  const many = new Map<string, number>();
  for (const id of new Set(ids)) many.set(id.toLowerCase(), (many.get(id.toLowerCase()) ?? 0) + 1);
  return (id) => {
    const keep = plain.test(id) && !device.test(id) && id.normalize('NFKC') === id && (many.get(id.toLowerCase()) ?? 0) < 2;
    return keep ? id : digested(id);
  };
}

function digested(id: string): string {
  const kept = id.normalize('NFKC').match(/[A-Za-z0-9_\p{Script=Han}]+/gu) ?? [];
  const start = [...kept.join('-')].slice(0, 30).join('');
  // lone surrogates must not all become the same replacement character
  const digest = createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('hex').slice(0, 16);
  return `${start}~${digest}`;
}
