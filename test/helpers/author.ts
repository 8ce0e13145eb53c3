import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { envFor } from './bin.ts';
import { readyEngine } from './engine.ts';
import { folder } from './folder.ts';

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An author outside of this package, with a state folder, on an engine. */
export interface Author {
  readonly engine: Engine;
  /** Starts the built program in a folder, and resolves when it ends. `seen` receives all output so far. */
  lab(
    cwd: string,
    args: readonly string[],
    more?: { input?: string; seen?(output: string, child: ChildProcess): void },
  ): Promise<Ended>;
  /** Asserts that a tutorial passes lint, run and gate. */
  assertWorks(cwd: string, name: string): Promise<void>;
}

export async function newAuthor(): Promise<Author> {
  const engine = await readyEngine();
  const env = { ...envFor(engine, folder()), LANG: 'C', LC_ALL: 'C' };
  const lab: Author['lab'] = (cwd, args, more = {}) => {
    const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        output[name] += part;
        more.seen?.(output.stdout + output.stderr, child);
      });
    child.stdin.end(more.input ?? '');
    return new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, ...output }));
    });
  };
  const assertWorks = async (cwd: string, name: string): Promise<void> => {
    const lint = await lab(cwd, ['lint', '--tutorial', `./${name}`]);
    assert.is(lint.exitCode, 0, lint.stdout);
    const run = await lab(cwd, ['run', '--tutorial', `./${name}`]);
    assert.is(run.exitCode, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /Nothing left behind[\s\S]*\nPassed: 1 lab, \d+ checks/);
    const gate = await lab(cwd, ['test', '--tutorial', `./${name}`]);
    assert.is(gate.exitCode, 0, gate.stdout + gate.stderr);
    assert.match(gate.stdout, /Mutation score 100% \((\d+) of \1 mistakes caught\)/);
  };
  return { engine, lab, assertWorks };
}
