import { countsOf, type Finding, findingsOf, lintTutorials } from '../../authoring/lint/lint.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { assets } from '../../platform/package-root.ts';
import type { Cli } from '../context.ts';
import { lintFindings } from '../output/lint-findings.ts';
import { namedTutorial } from '../usage.ts';

/** `lab lint`: reads tutorials and their files, and reports all problems. Exit code 0: none; 1: some. */
export async function lint(cli: Cli, options: { tutorial?: string; json?: boolean }, argument?: string): Promise<number> {
  const { tutorials, findings } = await look(cli, namedTutorial('lab lint', argument, options.tutorial));
  const { lang } = cli;
  const counts = countsOf(tutorials);
  if (options.json) {
    const problems = findings.map(({ where, rule, message, help }) => ({
      where,
      rule,
      message: message[lang],
      help: help[lang],
    }));
    cli.out.write(`${jsonText({ clean: problems.length === 0, ...counts, problems }, 2)}\n`);
  } else {
    cli.out.write(lintFindings(cli, findings, counts));
  }
  return findings.length === 0 ? 0 : 1;
}

/** Problems because of which a tutorial cannot be defined are the only findings: nothing else of it can be read. */
async function look(cli: Cli, id: string | undefined): Promise<{ tutorials: readonly Tutorial[]; findings: readonly Finding[] }> {
  let tutorials: readonly Tutorial[];
  try {
    ({ tutorials } = await import('../../../labs/index.ts'));
  } catch (error) {
    return { tutorials: [], findings: findingsOf(error, 'labs') };
  }
  if (id !== undefined) {
    const { loadTutorial, markdownAt } = await import('../tutorials.ts');
    try {
      const path = markdownAt(id, cli.cwd);
      if (path !== undefined) {
        const { lintMarkdown } = await import('../../authoring/lint/markdown.ts');
        const { tutorial, findings } = await lintMarkdown(path, cli.cwd);
        return { tutorials: tutorial ? [tutorial] : [], findings };
      }
      tutorials = [(await loadTutorial(cli, id)).tutorial];
    } catch (error) {
      return { tutorials: [], findings: findingsOf(error, id) };
    }
  }
  const findings = lintTutorials(tutorials, assets);
  return id === undefined ? withMarkdown(cli, tutorials, findings) : { tutorials, findings };
}

/** The same with the tutorials in Markdown that come with labwright. */
async function withMarkdown(cli: Cli, tutorials: readonly Tutorial[], findings: readonly Finding[]): ReturnType<typeof look> {
  const { shippedFolders } = await import('../tutorials.ts');
  const { lintMarkdown } = await import('../../authoring/lint/markdown.ts');
  const read = await Promise.all(shippedFolders().map((path) => lintMarkdown(path, cli.cwd)));
  return {
    tutorials: [...tutorials, ...read.flatMap(({ tutorial }) => tutorial ?? [])],
    findings: [...findings, ...read.flatMap((one) => one.findings)],
  };
}
