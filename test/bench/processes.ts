import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly wallMs: number;
  /** The peak memory of the process itself, without its child processes (VmHWM in /proc); undefined if the system does not report it. */
  readonly peakMb: number | undefined;
  readonly stdout: string;
}

/** Runs a program to its end and measures it from outside. Throws an error with its last output unless it exits with 0. */
export async function measure(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<Measured> {
  const startedMs = performance.now();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  let peakMb: number | undefined;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The kernel records the peak, so only a peak in the last 50 ms can be missed.
  const looking = setInterval(() => (peakMb = highest(child.pid) ?? peakMb), 50);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const wallMs = performance.now() - startedMs;
    if (exitCode !== 0)
      throw new Error(`${program} ${args.join(' ')} ended with ${exitCode}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
    return { wallMs, peakMb, stdout };
  } finally {
    clearInterval(looking);
  }
}

function highest(pid: number | undefined): number | undefined {
  try {
    const kb = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined; // the process has just ended, or /proc does not exist
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
