import { type Finding, lintTutorials, refused } from '../../authoring/lint/lint.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { assets } from '../../platform/package-root.ts';
import { marked, paragraph } from '../../report/terminal/text-blocks.ts';
import type { Cli } from '../context.ts';

/** `lab lint`: reads tutorials and their files, and tells all that is wrong with them. Exit code 0: nothing is; 1: something. */
export async function lint(cli: Cli, options: { tutorial?: string; json?: boolean }): Promise<number> {
  const { tutorials, findings } = await look(options.tutorial);
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
    cli.out.write(`${[...drawn(cli, findings), last(lang, findings.length, counts)].join('\n')}\n`);
  }
  return findings.length === 0 ? 0 : 1;
}

/** A tutorial that refuses to be defined is a finding like others, and the only one: nothing else of it is there to be read. */
async function look(id: string | undefined): Promise<{ tutorials: readonly Tutorial[]; findings: readonly Finding[] }> {
  let tutorials: readonly Tutorial[];
  try {
    ({ tutorials } = await import('../../../labs/index.ts'));
  } catch (error) {
    return { tutorials: [], findings: [refused(error, 'labs')] };
  }
  if (id !== undefined) {
    const { findTutorial } = await import('../tutorials.ts');
    tutorials = [findTutorial(id)];
  }
  return { tutorials, findings: lintTutorials(tutorials, assets) };
}

interface Counts {
  readonly tutorials: number;
  readonly labs: number;
  readonly steps: number;
  readonly checks: number;
}

function countsOf(tutorials: readonly Tutorial[]): Counts {
  const labs = tutorials.flatMap((tutorial) => tutorial.labs);
  const steps = labs.flatMap((lab) => lab.steps);
  const checks = steps.flatMap((step) => step.verify);
  return { tutorials: tutorials.length, labs: labs.length, steps: steps.length, checks: checks.length };
}

/** Grouped by where, in the order met. */
function drawn({ out, lang }: Cli, findings: readonly Finding[]): string[] {
  const page = { columns: out.columns, paint: out.paint, lang };
  return [...new Set(findings.map(({ where }) => where))].flatMap((where) => [
    out.paint.bold(where),
    ...findings
      .filter((one) => one.where === where)
      .flatMap(({ rule, message, help }) => [
        ...marked(page, out.paint.red('✗'), lang === 'en' ? `${message[lang]} (${rule})` : `${message[lang]}（${rule}）`, {
          indent: 2,
        }),
        ...paragraph(page, help[lang], 4, out.paint.dim),
      ]),
    '',
  ]);
}

function last(lang: Lang, problems: number, { tutorials, labs, steps, checks }: Counts): string {
  if (tutorials === 0)
    return lang === 'en' ? `${problems} problem: no tutorial can be read` : `有 ${problems} 個問題：沒有任何教學可以讀取`;
  const some = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  if (lang === 'zh-TW') {
    const all = `${tutorials} 份教學、${labs} 個單元、${steps} 個步驟、${checks} 項檢查`;
    return problems === 0 ? `沒有問題：${all}` : `有 ${problems} 個問題：${all}`;
  }
  const all = [some(tutorials, 'tutorial'), some(labs, 'lab'), some(steps, 'step'), some(checks, 'check')].join(', ');
  return problems === 0 ? `clean: ${all}` : `${some(problems, 'problem')} in ${all}`;
}
