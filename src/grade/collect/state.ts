import { join } from 'node:path';
import { z } from 'zod';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { loadPlain } from '../../platform/plain-file.ts';

/** A branch as it was seen, without a change in between. `tip` is '' while the branch did not exist. */
const look = z.object({ branch: z.string(), tip: z.string(), fromMs: z.number(), untilMs: z.number() });
export type Look = Readonly<z.infer<typeof look>>;

/** What was written for a student. */
const written = z.object({
  /** The name of the folder. */
  folder: z.string(),
  repository: z.string(),
  branch: z.string(),
  commit: z.string(),
  /** Of the folder's content. `before`: of what it replaced, which is still there after a crash. */
  hash: z.string(),
  before: z.string().optional(),
  /** All commits that were collected, the first time each. */
  earlier: z.array(z.object({ commit: z.string(), repository: z.string(), branch: z.string(), ms: z.number() })),
});
export type Written = Readonly<z.infer<typeof written>>;

const file = z.object({
  tool: z.literal('labwright collect'),
  repositories: z.record(z.string(), z.array(look)),
  students: z.record(z.string(), written),
});

/** What earlier collects saw and wrote. */
export interface State {
  looks(repository: string): readonly Look[];
  written(student: string): Written | undefined;
  /** Resolves when it is on the disk. */
  saw(repository: string, seen: Pick<Look, 'branch' | 'tip'>, ms: number): Promise<void>;
  wrote(student: string, what: Written | undefined): Promise<void>;
}

/** Reads the state in this folder; empty if there is none. Throws LabError E_STATE if it is damaged. */
export async function openState(dir: string): Promise<State> {
  const path = join(dir, 'state.json');
  const found = await loadPlain(path, { code: 'E_STATE', hint: moveIt, maxBytes: 256_000_000, follow: false });
  const content = found ? parsed(found.toString(), path) : undefined;
  const repositories = new Map(Object.entries(content?.repositories ?? {}));
  const students = new Map(Object.entries(content?.students ?? {}));
  // one write at a time, each with everything that is known then
  let last: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    const next = last.then(() =>
      replaceFile(path, [
        `${jsonText({ tool: 'labwright collect', repositories: Object.fromEntries(repositories), students: Object.fromEntries(students) })}\n`,
      ]),
    );
    last = next.catch(() => undefined);
    return next;
  };
  return {
    looks: (repository) => repositories.get(repository) ?? [],
    written: (student) => students.get(student),
    saw: (repository, seen, ms) => {
      repositories.set(repository, withLook(repositories.get(repository) ?? [], seen, ms));
      return save();
    },
    wrote: (student, what) => {
      if (what) students.set(student, what);
      else students.delete(student);
      return save();
    },
  };
}

/** Adds a look, or extends the last one of this branch if nothing changed. */
export function withLook(all: readonly Look[], { branch, tip }: Pick<Look, 'branch' | 'tip'>, ms: number): Look[] {
  const at = all.findLastIndex((one) => one.branch === branch);
  const before = all[at];
  if (before?.tip === tip) return all.map((one, index) => (index === at ? { ...one, untilMs: ms } : one));
  return [...all, { branch, tip, fromMs: ms, untilMs: ms }];
}

function parsed(content: string, path: string): z.infer<typeof file> {
  try {
    return file.parse(JSON.parse(content));
  } catch (cause) {
    throw new LabError('E_STATE', text(`${path} is damaged`, `${path} 已損壞`), moveIt, { cause });
  }
}

const moveIt = text(
  'move the folder with the submissions away, or name another with --out: everything is collected again',
  '請移走放作業的資料夾，或用 --out 指定別的資料夾：全部會重新收集',
);
