import type { Compose } from '../docker/compose/compose.ts';
import { quote } from '../formats/quote.ts';
import type { Stack, StackSpec } from '../lab/stack.ts';
import type { Step } from '../lab/tutorial.ts';
import { shellLine } from '../platform/shell.ts';
import { curlLine, pullsMissing, serviceNameOf } from './open-stack.ts';

interface TypedCommandsOptions {
  /** With the names and the published port of the stack that the learner has. */
  readonly spec: StackSpec;
  readonly compose: Pick<Compose, 'line' | 'version'>;
}

/**
 * The commands of a step's solution, as a learner types them in the folder of the stack. No command is run. Empty: the solution does more than commands, which
 * fails here.
 */
export async function typedCommands({ run }: Pick<Step, 'run'>, { spec, compose }: TypedCommandsOptions): Promise<string[]> {
  const lines: string[] = [];
  const typed = (line: string): void => {
    lines.push(compose.line === 'docker compose' ? line : line.replaceAll(/\bdocker compose(?= )/g, compose.line));
  };
  const stack: Stack = {
    spec,
    service: (role) => serviceNameOf(spec, role),
    compose: async (pieces, ...values) => typed(`docker compose ${shellLine(pieces, values)}`),
    shell: async (line) => typed(line),
    pull: async () => {
      const pulled = Object.values(spec.services).filter(({ build }) => build === undefined);
      typed(`docker compose ${pullsMissing(compose.version) ?? `pull ${pulled.map(({ name }) => quote(name)).join(' ')}`}`);
    },
    curl: async (count) => typed(curlLine(`http://127.0.0.1:${spec.published?.hostPort ?? 80}/`, count)),
  };
  try {
    await run(stack);
  } catch {
    return []; // it asks for what only its commands would have made
  }
  return lines;
}
