import { LabError } from '../lab/error.ts';
import type { Listener } from '../lab/event.ts';
import { type Lang, text } from '../lab/text.ts';
import { wordsOf } from './messages.ts';
import type { Reporter } from './reporter.ts';
import { assertWritable, sameFile, streamOutlet } from './sinks.ts';
import type { Screen } from './terminal/screen.ts';
import { createTerminalReporter } from './terminal/terminal.ts';
import { isWriter, writers } from './writers.ts';

interface ReporterFailure {
  readonly reporter: string;
  readonly file?: string;
  readonly error: unknown;
}

export interface Reporters {
  readonly listen: Listener;
  /** Closes every reporter. Reports each failed reporter once on stderr and returns them: exit 3. */
  close(): Promise<readonly ReporterFailure[]>;
}

interface Outlets {
  readonly out: Screen;
  readonly err: Screen;
  readonly lang: Lang;
  readonly signal: AbortSignal;
  /** The terminal reporter shows only what a learner needs. */
  readonly brief?: boolean;
}

const reporterNames: readonly string[] = ['terminal', ...Object.keys(writers)];
const writerNames = Object.keys(writers).map((name) => `--reporter ${name}`);

const usage = (message: string, zhTW: string) =>
  new LabError(
    'E_USAGE',
    text(message, zhTW),
    text(
      'Example: --reporter terminal --reporter json --out report.json',
      '例：--reporter terminal --reporter json --out report.json',
    ),
  );

/**
 * Reporters by name; default: terminal. The nth of `outs` is the file of the nth reporter that writes a report; `terminal` has none. If a report goes
 * to stdout, the terminal reporter writes to stderr, and is added if stderr is a terminal. Throws E_USAGE for an unknown name, an `--out` too many,
 * two reports on stdout or in one file, or a file that cannot be written.
 */
export function openReporters(names: readonly string[], outs: readonly string[], outlets: Outlets): Reporters {
  const { out, err, lang, signal, brief = false } = outlets;
  const asked = names.length === 0 ? ['terminal'] : [...new Set(names)];
  const unknown = asked.find((name) => !reporterNames.includes(name));
  if (unknown)
    throw usage(
      `there is no reporter ${unknown}; available: ${reporterNames.join(', ')}`,
      `沒有名為 ${unknown} 的報告格式，可用的有：${reporterNames.join('、')}`,
    );
  const written = asked.filter(isWriter);
  if (outs.length > written.length)
    throw usage(
      `each --out needs its own report: ${writerNames.join(', ')}`,
      `每個 --out 都要有自己的報告：${writerNames.join('、')}`,
    );
  if (written.length - outs.length > 1)
    throw usage(
      `two reports cannot share stdout: give --out to all of ${written.join(', ')} but one`,
      `兩份報告不能共用標準輸出：${written.join('、')} 之中最多只能有一個不加 --out`,
    );
  outs.forEach(assertWritable);
  const shared = outs.find((file, at) => outs.slice(0, at).some((before) => sameFile(file, before)));
  if (shared !== undefined) throw usage(`two reports cannot share the file ${shared}`, `兩份報告不能寫到同一個檔案 ${shared}`);

  const onStdout = written.length > outs.length;
  const opened: Opened[] = written.map((name, at) => {
    const file = outs[at];
    const outlet = file === undefined ? streamOutlet(out.stream) : writers[name].open(file, signal);
    return { name, reporter: writers[name].make(outlet, lang), ...(file === undefined ? {} : { file }) };
  });
  const terminal = asked.includes('terminal') ? (onStdout ? err : out) : err.interactive ? err : undefined;
  if (terminal) opened.unshift({ name: 'terminal', reporter: createTerminalReporter(terminal, lang, { brief }) });

  return {
    listen(event) {
      for (const one of opened) {
        if (one.failure) continue;
        try {
          one.reporter.listen(event);
        } catch (error) {
          fail(one, error);
        }
      }
    },
    async close() {
      for (const one of opened) {
        try {
          await one.reporter.close();
        } catch (error) {
          fail(one, error);
        }
      }
      const failures = opened.flatMap(({ failure }) => failure ?? []);
      for (const { reporter, file, error } of failures) {
        const why = error instanceof Error ? error.message : String(error);
        err.write(`${wordsOf(lang).reporterFailed(reporter, file === undefined ? why : `${file}: ${why}`)}\n`);
      }
      return failures;
    },
  };
}

interface Opened {
  readonly name: string;
  readonly file?: string;
  readonly reporter: Reporter;
  failure?: ReporterFailure;
}

/** A reporter that throws receives no more events and does not affect the run. Only its first failure is reported. */
function fail(one: Opened, error: unknown): void {
  one.failure ??= { reporter: one.name, error, ...(one.file === undefined ? {} : { file: one.file }) };
}
