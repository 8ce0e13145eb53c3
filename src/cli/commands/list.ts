import { jsonText } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { callOf, quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import { tutorialList, tutorialsJson } from '../output/tutorial-list.ts';
import { loadTutorial, markdownAt, shippedHeadings, shippedTutorials } from '../tutorials.ts';
import { namedTutorial } from '../usage.ts';

/** Options of `lab list`. */
export interface ListOptions {
  readonly tutorial?: string;
  readonly json?: boolean;
  /** The kinds of checks for authors. */
  readonly checks?: boolean;
  /** With the ID and claim of each check. */
  readonly verbose?: boolean;
}

/**
 * `lab list`: tutorials, their labs, and the steps of each; with `json` or `verbose`, and for a named tutorial (`argument`: an ID or path), their checks too. Throws
 * LabError E_LAB_UNKNOWN, E_USAGE for two different tutorials, and TutorialError if nothing of it can be read.
 */
export async function list(cli: Cli, options: ListOptions, argument?: string): Promise<number> {
  if (options.checks) {
    // the catalogue of checks takes longer to load than the rest
    const { checkList, checksJson } = await import('../output/check-list.ts');
    cli.out.write(options.json ? `${jsonText(checksJson(cli.lang), 2)}\n` : checkList(cli));
    return 0;
  }
  const ref = namedTutorial('lab list', argument, options.tutorial);
  if (ref === undefined && !options.json && !options.verbose) {
    cli.out.write(tutorialList(cli, await shippedHeadings(cli.lang)));
    return 0;
  }
  const json = tutorialsJson(cli, ref === undefined ? await shippedTutorials() : [await readable(cli, ref)]);
  cli.out.write(options.json ? `${jsonText(json, 2)}\n` : tutorialList(cli, json));
  return 0;
}

/** A tutorial, also one that still has problems: its author looks for the IDs of checks that it should name. */
async function readable(cli: Cli, ref: string): Promise<Tutorial> {
  const path = markdownAt(ref, cli.cwd);
  if (path === undefined) return (await loadTutorial(cli, ref)).tutorial;
  const { loadMarkdown } = await import('../../authoring/markdown/load-tutorial.ts');
  const { draft, tutorial, findings } = await loadMarkdown(path);
  if (!draft) return (await loadTutorial(cli, ref)).tutorial;
  if (!tutorial) {
    const lint = callOf(cli)(`lint --tutorial ${quoted(ref)}`);
    const count = findings.length;
    const note = text(
      `it has ${count} ${count === 1 ? 'problem' : 'problems'}, so that something may be missing here: ${lint}`,
      `這份教學有 ${count} 個問題，因此這裡的內容可能不完整：${lint}`,
    );
    cli.err.write(`${note[cli.lang]}\n`);
  }
  return draft;
}
