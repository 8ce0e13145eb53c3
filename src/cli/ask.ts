import { createInterface } from 'node:readline/promises';
import type { Text } from '../lab/text.ts';
import type { Cli } from './context.ts';

/** Puts a yes-or-no question to the person at the terminal. No is the answer to anything but yes. */
export async function askPerson(cli: Cli, question: Text): Promise<boolean> {
  const talk = createInterface({ input: process.stdin, output: cli.err.stream });
  try {
    return /^(y|yes|是|好)$/i.test((await talk.question(`${question[cli.lang]} [y/N] `, { signal: cli.signal })).trim());
  } finally {
    talk.close();
  }
}
