import { LabError } from '../lab/error.ts';
import type { Listener } from '../lab/event.ts';
import { type Lang, text } from '../lab/text.ts';
import { createJsonReporter } from './json.ts';
import { assertWritable, writeWhole } from './output.ts';
import type { Reporter } from './reporter.ts';
import type { Screen } from './screen.ts';
import { createTerminalReporter } from './terminal.ts';
import { wordsOf } from './words.ts';

interface ReporterFailure {
  readonly reporter: string;
  readonly error: unknown;
}

export interface Reporters {
  readonly listen: Listener;
  /** Ends every reporter. A reporter that failed, then or before, is told on stderr once and returned: exit 3. */
  close(): Promise<readonly ReporterFailure[]>;
}

interface Outlets {
  readonly out: Screen;
  readonly err: Screen;
  readonly lang: Lang;
}

/** Reporters that write one document at the end, each to an `--out` or to stdout. */
const documents = {
  json: (write: (contents: string) => void, lang: Lang): Reporter => {
    const { listen, document } = createJsonReporter(lang);
    const close = () => {
      const report = document();
      if (report) write(`${JSON.stringify(report, null, 2)}\n`);
    };
    return { listen, close };
  },
};
type DocumentName = keyof typeof documents;
const writesDocument = (name: string): name is DocumentName => Object.hasOwn(documents, name);
const reporterNames: readonly string[] = ['terminal', ...Object.keys(documents)];

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
 * Reporters by name; none: terminal. The nth of `outs` is the file of the nth reporter that writes a document; `terminal`
 * takes none. With a document on stdout, terminal tells on stderr, and does so unasked where someone is watching.
 * Throws E_USAGE for a wrong name, an `--out` too many, two documents on stdout, or a file that cannot be written.
 */
export function openReporters(names: readonly string[], outs: readonly string[], { out, err, lang }: Outlets): Reporters {
  const asked = names.length === 0 ? ['terminal'] : [...new Set(names)];
  const unknown = asked.find((name) => !reporterNames.includes(name));
  if (unknown)
    throw usage(
      `there is no reporter ${unknown}: there are ${reporterNames.join(', ')}`,
      `沒有名為 ${unknown} 的報告格式，可用的有：${reporterNames.join('、')}`,
    );
  const written = asked.filter(writesDocument);
  if (outs.length > written.length) throw usage('each --out needs a --reporter json', '每個 --out 都要有一個 --reporter json');
  if (written.length - outs.length > 1) throw usage('two reports cannot share stdout', '兩份報告不能共用標準輸出');
  outs.forEach(assertWritable);

  const onStdout = written.length > outs.length;
  const opened: Opened[] = written.map((name, at) => {
    const file = outs[at];
    const write = file === undefined ? out.write : (contents: string) => writeWhole(file, contents);
    return { name, reporter: documents[name](write, lang) };
  });
  const terminal = asked.includes('terminal') ? (onStdout ? err : out) : err.interactive ? err : undefined;
  if (terminal) opened.unshift({ name: 'terminal', reporter: createTerminalReporter(terminal, lang) });

  return {
    listen(event) {
      for (const one of opened) if (!one.failure) contain(one, () => one.reporter.listen(event));
    },
    async close() {
      for (const one of opened) contain(one, () => one.reporter.close());
      const failures = opened.flatMap(({ failure }) => failure ?? []);
      for (const { reporter, error } of failures) {
        err.write(`${wordsOf(lang).reporterFailed(reporter, error instanceof Error ? error.message : String(error))}\n`);
      }
      return failures;
    },
  };
}

interface Opened {
  readonly name: string;
  readonly reporter: Reporter;
  failure?: ReporterFailure;
}

/** A reporter that throws is heard no more, and changes nothing of the run. Its first failure is the one told. */
function contain(one: Opened, work: () => void): void {
  try {
    work();
  } catch (error) {
    one.failure ??= { reporter: one.name, error };
  }
}
