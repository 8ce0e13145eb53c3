import { jsonText } from '../../formats/untrusted-text.ts';
import type { Cli } from '../context.ts';
import { tutorialList, tutorialsJson } from '../output/tutorial-list.ts';
import { shippedHeadings, shippedTutorials } from '../tutorials.ts';

/** `lab list`: tutorials, their labs, and the steps of each; with `json`, their checks too. `checks`: the kinds of checks for authors. */
export async function list(cli: Cli, options: { json?: boolean; checks?: boolean }): Promise<number> {
  if (options.checks) {
    // the catalogue of checks takes longer to load than the rest
    const { checkList, checksJson } = await import('../output/check-list.ts');
    cli.out.write(options.json ? `${jsonText(checksJson(cli.lang), 2)}\n` : checkList(cli));
    return 0;
  }
  if (options.json) cli.out.write(`${jsonText(tutorialsJson(cli, await shippedTutorials()), 2)}\n`);
  else cli.out.write(tutorialList(cli, await shippedHeadings(cli.lang)));
  return 0;
}
