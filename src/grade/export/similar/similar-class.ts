import { documentsOf } from '../../similarity/documents.ts';
import { findSimilar, type Similarity } from '../../similarity/find-similar.ts';
import type { Sources } from '../../similarity/read-sources.ts';
import type { Entry, Gradebook } from '../../types.ts';

/** Submissions of a class that were compared. Whom they belong to is only in the gradebook's entries. */
export interface SimilarClass extends Similarity {
  /** One for each content: those who handed it in, and its texts. */
  readonly compared: readonly { readonly entries: readonly Entry[]; readonly sources: Sources }[];
  /** What the tutorial hands out. */
  readonly base: Sources;
  /** Students whose submission could not be read. */
  readonly unread: number;
}

/** Compares the submissions of a class; `sources`: the texts of each, by the hash of its content (`Entry.hash`). */
export function compareClass({ entries }: Gradebook, sources: ReadonlyMap<string, Sources>, base: Sources): SimilarClass {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!sources.has(entry.hash)) continue;
    groups.set(entry.hash, [...(groups.get(entry.hash) ?? []), entry]);
  }
  const compared = [...groups].flatMap(([hash, own]) => {
    const read = sources.get(hash);
    return read ? [{ entries: own, sources: read }] : [];
  });
  const documents = compared.map(({ sources: { files, env } }) => documentsOf(files, env));
  const unread = entries.filter(({ grade, hash }) => grade.status !== 'missing' && !sources.has(hash)).length;
  return { ...findSimilar(documents, documentsOf(base.files, base.env)), compared, base, unread };
}
