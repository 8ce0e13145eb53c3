import { jsonText } from '../formats/untrusted-text.ts';
import type { Lang } from '../lab/text.ts';
import { createJsonReporter } from './json.ts';
import { eventLine } from './ndjson.ts';
import { isPipe, pipeOutlet } from './pipe-sink.ts';
import type { Reporter } from './reporter.ts';
import type { RunReport } from './schema.ts';
import { lineFile, type Outlet, wholeFile } from './sinks.ts';

/** A reporter for programs. It writes to a file, opened by `open`, or to stdout. */
interface Writer {
  /** The signal ends the wait for the reader of a pipe. */
  open(file: string, signal: AbortSignal): Outlet;
  make(outlet: Outlet, lang: Lang): Reporter;
}

/** One document at the end of the run; none if no run has started. */
const writesDocument = (render: (report: RunReport) => string | Promise<string>): Writer => ({
  open: (file, signal) => (isPipe(file) ? pipeOutlet(file, signal) : wholeFile(file)),
  make: (outlet, lang) => {
    const { listen, document } = createJsonReporter(lang);
    const close = async () => {
      const report = document();
      if (report) outlet.write(await render(report));
      await outlet.close();
    };
    return { listen, close };
  },
});

/** One line for each event, as it happens. */
const writesLines: Writer = {
  open: (file, signal) => (isPipe(file) ? pipeOutlet(file, signal) : lineFile(file)),
  make: (outlet, lang) => ({
    listen: (event) => outlet.write(`${jsonText(eventLine(event, lang))}\n`),
    close: () => outlet.close(),
  }),
};

export const writers = {
  json: writesDocument((report) => `${jsonText(report, 2)}\n`),
  // the XML library is loaded only for this report
  junit: writesDocument(async (report) => (await import('./junit.ts')).renderJunit(report)),
  ndjson: writesLines,
} as const satisfies Record<string, Writer>;

export type WriterName = keyof typeof writers;
export const isWriter = (name: string): name is WriterName => Object.hasOwn(writers, name);
