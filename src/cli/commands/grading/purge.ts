import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { gradingHomes } from '../../../docker/embedded/grading-engine.ts';
import { lockOutput } from '../../../grade/journal.ts';
import { planPurge, purgeFiles, removeEmpty } from '../../../grade/purge/purge-folder.ts';
import { gradesWith, purgeStudent } from '../../../grade/purge/purge-student.ts';
import { type Text, text } from '../../../lab/text.ts';
import { listRuns } from '../../../run/journal.ts';
import type { Cli } from '../../context.ts';
import { cachesLines, leftOfStudentLines, planLines, purgedLine, studentLines } from '../../output/purge-lines.ts';
import { promptsOn } from '../../prompts/prompts.ts';
import { usage } from '../../usage.ts';

export interface PurgeOptions {
  /** Only this student. */
  readonly student?: string;
  /** The teacher's own files too. */
  readonly decisions?: boolean;
  readonly yes?: boolean;
}

/**
 * `lab grade purge`: removes what `lab grade` wrote into an output folder, or one student's data, after confirmation. Exit code 0: removed; 1: not confirmed.
 */
export async function purge(cli: Cli, options: PurgeOptions, folder: string): Promise<number> {
  const dir = resolve(cli.cwd, folder);
  if (options.student !== undefined && options.decisions)
    throw usage(
      text(
        "lab grade purge: --student and --decisions can't be combined; your own files are never changed",
        'lab grade purge：--student 和 --decisions 不能一起使用；你自己的檔案不會被修改',
      ),
      'lab grade purge',
    );
  // before the lock, which is a file: nothing is created in a folder of another program
  await planPurge(dir);
  const lock = await lockOutput(dir);
  let code: number;
  try {
    code =
      options.student === undefined
        ? await purgeAll(cli, options, dir, folder)
        : await purgeOne(cli, options, dir, options.student);
  } finally {
    await lock.release();
  }
  if (code !== 0) return code;
  if (options.student === undefined) await removeEmpty(dir);
  const { ended } = await listRuns(cli.homes);
  const runs = ended.filter(({ of }) => of === 'grade').length;
  const { state } = gradingHomes(cli.homes);
  for (const line of cachesLines({ runs, ...(existsSync(state) ? { engine: state } : {}) }, cli.lang)) cli.out.write(`${line}\n`);
  return 0;
}

async function purgeAll(cli: Cli, options: PurgeOptions, dir: string, folder: string): Promise<number> {
  const plan = await planPurge(dir);
  for (const line of planLines(plan, folder, { decisions: options.decisions === true }, cli.lang)) cli.out.write(`${line}\n`);
  if (!(await isConfirmed(cli, options, text('Remove these files?', '要移除這些檔案嗎？')))) return 1;
  const also = plan.decisions.length > 0 && (options.decisions || (await isWanted(cli, options)));
  const paths = [...plan.own, ...(also ? plan.decisions : [])];
  await purgeFiles(dir, paths);
  cli.out.write(`${purgedLine(paths.length, cli.lang)}\n`);
  return 0;
}

/** Asks about the teacher's own files; `--yes` alone does not include them. */
async function isWanted(cli: Cli, { yes }: PurgeOptions): Promise<boolean> {
  if (yes) return false;
  const { ask } = promptsOn(cli);
  return (
    (await ask?.(
      text('Also remove your own decisions (overrides.csv and the others)?', '你自己的決定（overrides.csv 等）也要移除嗎？'),
    )) ?? false
  );
}

async function purgeOne(cli: Cli, options: PurgeOptions, dir: string, student: string): Promise<number> {
  const book = await gradesWith(dir, student);
  for (const line of studentLines(student, cli.lang)) cli.out.write(`${line}\n`);
  if (!(await isConfirmed(cli, options, text(`Remove the data of ${student}?`, `要移除 ${student} 的資料嗎？`)))) return 1;
  const left = await purgeStudent(dir, book, student, cli.lang);
  for (const line of leftOfStudentLines(student, left, cli.lang)) cli.out.write(`${line}\n`);
  return 0;
}

async function isConfirmed(cli: Cli, { yes }: PurgeOptions, question: Text): Promise<boolean> {
  if (yes) return true;
  const { ask } = promptsOn(cli);
  if (await ask?.(question)) return true;
  cli.out.write(cli.lang === 'en' ? 'Nothing is removed; --yes removes it.\n' : '沒有移除任何檔案；加上 --yes 就會移除。\n');
  return false;
}
