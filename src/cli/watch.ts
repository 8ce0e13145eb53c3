import { changedSteps } from '../authoring/changed-steps.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Tutorial } from '../lab/tutorial.ts';
import { watchFiles } from '../learn/file-changes.ts';
import type { Cli } from './context.ts';
import { formatError } from './format-error.ts';
import type { LoadedTutorial } from './tutorials.ts';

/** Files are often written in several parts: a change is complete when nothing follows for this long. */
const quietMs = 50;

const waiting = (dir: string) => text(`Waiting for a change in ${dir}. Ctrl-C ends.`, `等待 ${dir} 的變更。按 Ctrl-C 結束。`);

/**
 * Performs `work` with a tutorial, and again after each change in its folder, with the steps that changed (empty: all). Errors are printed. Ends with the
 * signal: resolves to the last exit code. Throws LabError E_USAGE for a tutorial that is not in a folder of its own.
 */
export async function repeatOnChange(
  cli: Cli,
  load: () => Promise<LoadedTutorial>,
  work: (loaded: LoadedTutorial, changed: readonly string[]) => Promise<number>,
): Promise<number> {
  let last: Tutorial | undefined;
  let dir: string | undefined;
  for (;;) {
    let exitCode: number;
    try {
      const loaded = await load();
      const changed = last ? changedSteps(last, loaded.tutorial) : [];
      last = loaded.tutorial;
      dir = loaded.tutorial.dir ?? notWatched();
      exitCode = await work(loaded, changed);
    } catch (error) {
      if (!(error instanceof LabError) || cli.signal.aborted || dir === undefined) throw error;
      cli.err.write(formatError(error, cli.lang, cli.err.interactive ? cli.err.columns : undefined));
      ({ exitCode } = error);
    }
    cli.err.write(`${waiting(dir)[cli.lang]}\n`);
    if (!(await changeIn(dir, cli.signal))) return exitCode;
  }
}

function notWatched(): never {
  throw new LabError(
    'E_USAGE',
    text('--watch needs a tutorial in a folder', '--watch 需要資料夾裡的教學'),
    text('name it: --tutorial ./my-lab', '請指定：--tutorial ./my-lab'),
  );
}

/** Resolves to true after a change in a folder, to false on abort. Rejects if changes cannot be seen. */
function changeIn(dir: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let quiet: NodeJS.Timeout | undefined;
    const end = (settle: () => void) => {
      clearTimeout(quiet);
      changes.close();
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => end(() => resolve(false));
    const changes = watchFiles(
      dir,
      () => {
        clearTimeout(quiet);
        quiet = setTimeout(() => end(() => resolve(true)), quietMs);
      },
      (error) => end(() => reject(error)),
    );
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
