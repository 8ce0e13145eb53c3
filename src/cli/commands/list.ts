import { jsonText } from '../../formats/untrusted-text.ts';
import type { Cli } from '../context.ts';
import { checkList, checksJson } from '../output/check-list.ts';
import { tutorialList, tutorialsJson } from '../output/tutorial-list.ts';
import { shippedTutorials } from '../tutorials.ts';

/** `lab list`: tutorials, their labs, and the steps of each; with `json`, their checks too. `checks`: the kinds of checks for authors. */
export async function list(cli: Cli, options: { json?: boolean; checks?: boolean }): Promise<number> {
  if (options.checks) {
    cli.out.write(options.json ? `${jsonText(checksJson(cli.lang), 2)}\n` : checkList(cli));
    return 0;
  }
  const tutorials = await shippedTutorials();
  cli.out.write(options.json ? `${jsonText(tutorialsJson(cli, tutorials), 2)}\n` : tutorialList(cli, tutorials));
  return 0;
}
