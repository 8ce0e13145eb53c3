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
  const first = await load();
  const dir = first.tutorial.dir ?? notWatched();
  // from before the work on: a change while it is done is not lost
  using changes = watchFolder(dir, cli.signal);
  let loaded: LoadedTutorial | undefined = first;
  let last: Tutorial | undefined;
  for (;;) {
    let exitCode: number;
    try {
      loaded ??= await load();
      const changed = last ? changedSteps(last, loaded.tutorial) : [];
      last = loaded.tutorial;
      exitCode = await work(loaded, changed);
    } catch (error) {
      if (!(error instanceof LabError) || cli.signal.aborted) throw error;
      cli.err.write(formatError(error, cli.lang, cli.err.interactive ? cli.err.columns : undefined));
      ({ exitCode } = error);
    }
    loaded = undefined;
    cli.err.write(`${waiting(dir)[cli.lang]}\n`);
    if (!(await changes.next())) return exitCode;
  }
}

function notWatched(): never {
  throw new LabError(
    'E_USAGE',
    text('--watch needs a tutorial in a folder', '--watch 需要資料夾裡的教學'),
    text('name it: --tutorial ./my-lab', '請指定：--tutorial ./my-lab'),
  );
}

interface FolderChanges extends Disposable {
  /** Resolves to true when something has changed since the last call, to false on abort. Rejects if changes cannot be seen. */
  next(): Promise<boolean>;
}

function watchFolder(dir: string, signal: AbortSignal): FolderChanges {
  let isChanged = false;
  let failure: Error | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let wake = (): void => undefined;
  const changed = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      isChanged = true;
      wake();
    }, quietMs);
  };
  const watching = watchFiles(dir, {
    changed,
    failed: (error) => {
      failure = error;
      wake();
    },
    // what is moved away is missed at the next change of it
    moved: changed,
  });
  const abort = () => wake();
  signal.addEventListener('abort', abort);
  return {
    next: async () => {
      while (!isChanged && !failure && !signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (failure) throw failure;
      const wasChanged = isChanged && !signal.aborted;
      isChanged = false;
      return wasChanged;
    },
    [Symbol.dispose]: () => {
      clearTimeout(quiet);
      watching.close();
      signal.removeEventListener('abort', abort);
    },
  };
}
