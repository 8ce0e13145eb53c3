import type { ExecResult } from '../../lab/world.ts';
import { quote } from '../../platform/shell.ts';

/** One script that runs these one after another, each in a shell of its own. `mark` ends what each says; whoever answers does not know it. */
export const joinScripts = (scripts: readonly string[], mark: string): string =>
  scripts
    .map((script) => `sh -c ${quote(script)} </dev/null; printf '\\n${mark} %s\\n' $?; printf '\\n${mark}\\n' >&2`)
    .join('\n');

/** What each of `count` joined scripts said, and its exit code; undefined where it did not come to its mark: nobody knows what it would have said. */
export function splitResults(result: ExecResult, mark: string, count: number): (ExecResult | undefined)[] {
  const parts = result.stdout.split(`\n${mark} `);
  const errors = result.stderr.split(`\n${mark}\n`);
  return Array.from({ length: count }, (_, at) => {
    const ended = /^(\d+)\n/.exec(parts[at + 1] ?? '')?.[1];
    if (ended === undefined) return undefined;
    // what follows a mark begins with the exit code, a line of its own
    const stdout = at === 0 ? parts[at] : parts[at]?.slice(parts[at].indexOf('\n') + 1);
    return { exitCode: Number(ended), stdout: stdout ?? '', stderr: errors[at] ?? '' };
  });
}
