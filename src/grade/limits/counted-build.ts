import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Compose, composeLine } from '../../docker/compose/compose.ts';
import { quote } from '../../formats/quote.ts';
import { runLine } from '../../platform/shell.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { type Held, renderStack } from '../sandbox/render-compose.ts';
import { counted } from './reach.ts';

export interface CountedBuild {
  readonly compose: Compose;
  /** The complete environment of the submission's commands. */
  readonly env: Readonly<Record<string, string>>;
  /** The run's own folder. */
  readonly runDir: string;
  readonly normal: NormalStack;
  readonly held: Held;
  readonly signal: AbortSignal;
}

/**
 * Builds a service with the counters of `counted` and returns the output, even if the build fails. Rejects with the signal's
 * reason.
 */
export async function buildCounted(
  service: string,
  { compose, env, runDir, normal, held, signal }: CountedBuild,
): Promise<string[]> {
  const build = normal.services[service]?.build;
  if (!build) return [];
  const dockerfiles = join(runDir, 'counted');
  await mkdir(dockerfiles, { recursive: true });
  await writeFile(join(dockerfiles, service), counted(build.dockerfileText));
  const file = join(runDir, 'compose.counted.yaml');
  await writeFile(file, renderStack(normal, { ...held, dockerfiles }));
  const lines: string[] = [];
  const { started } = composeLine(compose, `build ${quote(service)}`);
  await runLine(started, { cwd: runDir, env: { ...env, COMPOSE_FILE: file }, signal, onLine: (line) => lines.push(line) });
  return lines;
}
