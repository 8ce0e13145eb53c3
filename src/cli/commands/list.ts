import { jsonText } from '../../formats/untrusted-text.ts';
import type { Cli } from '../context.ts';
import { tutorialList, tutorialsJson } from '../output/tutorial-list.ts';
import { shippedTutorials } from '../tutorials.ts';

/** `lab list`: tutorials, their labs, and the steps of each; with `json`, their checks too. */
export async function list(cli: Cli, options: { json?: boolean }): Promise<number> {
  const tutorials = await shippedTutorials();
  cli.out.write(options.json ? `${jsonText(tutorialsJson(cli, tutorials), 2)}\n` : tutorialList(cli, tutorials));
  return 0;
}
