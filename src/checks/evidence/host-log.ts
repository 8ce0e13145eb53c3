import { basename, dirname, join } from 'node:path';
import type { FileFacts, World } from '../../lab/world.ts';

/**
 * A log on the host: the file with this key of the stack's `files`, or another file in its folder, if only that one is a log that
 * `isIt` accepts. `until`: waits briefly until the first file's text is complete.
 */
export async function hostLog(
  world: World,
  key: string,
  { isIt, until }: { isIt(text: string): boolean; until?(text: string): boolean },
): Promise<{ readonly path: string; readonly log: FileFacts }> {
  const path = world.spec.files?.[key] ?? key;
  const log = await world.file(path, { tail: true, ...(until ? { until } : {}) });
  if (log.kind === 'file' && isIt(log.text)) return { path, log };
  for (const name of await world.folder(dirname(path))) {
    // an error log shows requests too, those that failed
    if (name === basename(path) || /error/i.test(name)) continue;
    const other = join(dirname(path), name);
    const found = await world.file(other, { tail: true });
    if (found.kind === 'file' && isIt(found.text)) return { path: other, log: found };
  }
  return { path, log };
}
