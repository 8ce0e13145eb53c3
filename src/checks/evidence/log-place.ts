import { basename } from 'node:path';

/** The last of these files that a log names with a line: `File "/src/app.py", line 3`, `/src/app.js:3`. `files` are names without folders. */
export function placeInLog(log: readonly string[], files: readonly string[]): { file: string; line: number } | undefined {
  for (const entry of log.toReversed())
    for (const [, path = '', line] of entry.slice(0, 500).matchAll(/([\w./-]{1,200})(?:", line |:)(\d{1,6})\b/g)) {
      const file = basename(path);
      if (files.includes(file)) return { file, line: Number(line) };
    }
  return undefined;
}

/** A line of an access log says what was requested, not why something fails. */
export const isRequestLine = (line: string): boolean => /"(?:GET|HEAD|POST|PUT|DELETE|OPTIONS) [^"]{0,500} HTTP\/\d/.test(line);

/** Whether a line of a log reports an error. */
export const reportsError = (line: string): boolean =>
  !isRequestLine(line) && /error|exception|refused|denied|not found|\[crit\]|\[emerg\]/i.test(line);

/** Whether a file is one that is executed. */
export const isProgram = (name: string): boolean => /\.(?:py|m?js|cjs|ts|go|rb|php|java|rs|cs|ex|pl|lua|sh)$/i.test(name);
