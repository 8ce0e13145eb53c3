import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface RecordingShell {
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Called after each command, before the prompt: the shell waits for it. Its number in the history tells an empty line from a repeated command. */
  onCommand(line: string, exitCode: number): Promise<void>;
}

/**
 * Before each prompt, bash reports the last command with its exit code on descriptor 3, and waits for an answer on descriptor 4
 * (gnu.org/software/bash/manual, PROMPT_COMMAND).
 */
const rc = `[ -r ~/.bashrc ] && . ~/.bashrc
HISTCONTROL=; HISTIGNORE=; HISTTIMEFORMAT=
set -o history
__lab_report() {
  local status=$?
  { builtin history 1; printf '\\035%s\\n' "$status"; } >&3
  read -r _ <&4
}
PROMPT_COMMAND=__lab_report
`;

/** The end of a report: not in any command line. */
const separator = '\u001d';

/** Runs bash on this terminal until its user leaves it. Resolves to its exit code. Rejects if there is no bash. */
export async function recordShell({ cwd, env, onCommand }: RecordingShell): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'labwright-record-'));
  const rcFile = join(dir, 'rc');
  try {
    await writeFile(rcFile, rc);
    const child = spawn('bash', ['--rcfile', rcFile, '-i'], {
      cwd,
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'pipe', 'pipe'],
    });
    const [reports, answers] = [child.stdio[3] as Readable, child.stdio[4] as Writable];
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    // the shell may end while it waits
    answers.on('error', () => undefined);
    let text = '';
    let last: string | undefined;
    let working = Promise.resolve();
    let failure: { readonly error: unknown } | undefined;
    reports.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (;;) {
        const end = text.indexOf(separator);
        const next = text.indexOf('\n', end);
        if (end < 0 || next < 0) break;
        const report = text.slice(0, end);
        const code = Number(text.slice(end + separator.length, next));
        text = text.slice(next + 1);
        const [, number, line] = /^\s*(\d+)\*?\s+([\s\S]*?)\n?$/.exec(report) ?? [];
        // the first prompt reports the history's end, an empty line the same entry again
        const isNew = number !== undefined && number !== last;
        const isFirst = last === undefined;
        last = number ?? '';
        working = working
          .then(() => (isNew && !isFirst && line !== undefined ? onCommand(line.trim(), code) : undefined))
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .then(() => {
            answers.write('\n');
          });
      }
    });
    const exitCode = await ended;
    await working;
    if (failure) throw failure.error;
    return exitCode;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
