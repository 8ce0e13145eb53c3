import { quote } from '../../formats/quote.ts';
import type { ExecResult } from '../../lab/world.ts';

/** One script that runs these one after another, each in its own shell. `mark` ends the output of each; a container cannot guess it. */
export const joinScripts = (scripts: readonly string[], mark: string): string =>
  scripts
    .map((script) => `sh -c ${quote(script)} </dev/null; printf '\\n${mark} %s\\n' $?; printf '\\n${mark}\\n' >&2`)
    .join('\n');

/** Output and exit code of each of `count` joined scripts; undefined if its mark is missing, because its output is then incomplete. */
export function splitResults(result: ExecResult, mark: string, count: number): (ExecResult | undefined)[] {
  const parts = result.stdout.split(`\n${mark} `);
  const errors = result.stderr.split(`\n${mark}\n`);
  return Array.from({ length: count }, (_, at) => {
    const ended = /^(\d+)\n/.exec(parts[at + 1] ?? '')?.[1];
    if (ended === undefined) return undefined;
    // the text after a mark begins with the exit code on its own line
    const stdout = at === 0 ? parts[at] : parts[at]?.slice(parts[at].indexOf('\n') + 1);
    return { exitCode: Number(ended), stdout: stdout ?? '', stderr: errors[at] ?? '' };
  });
}
