import { tutorials } from '../../../labs/index.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import type { Cli } from '../context.ts';

/** `lab list`: tutorials, their labs, and the steps of each; with `json`, their checks too. */
export async function list(cli: Cli, options: { json?: boolean }): Promise<number> {
  cli.out.write(options.json ? `${jsonText(listed(cli), 2)}\n` : drawn(cli));
  return 0;
}

const listed = ({ lang }: Cli) =>
  tutorials.map((tutorial) => ({
    id: tutorial.id,
    title: tutorial.title[lang],
    labs: tutorial.labs.map((lab) => ({
      id: lab.id,
      title: lab.title[lang],
      needs: lab.needs ?? [],
      steps: lab.steps.map((step) => ({
        id: step.id,
        title: step.title[lang],
        checks: step.verify.map((check) => ({ id: check.id, claim: check.claim[lang] })),
      })),
    })),
  }));

function drawn(cli: Cli): string {
  const { paint } = cli.out;
  const lines = listed(cli).flatMap(({ id, title, labs }) => {
    const steps = labs.flatMap((lab) => lab.steps);
    const column = Math.max(...labs.map((lab) => lab.id.length), ...steps.map((step) => step.id.length + 2), 0) + 2;
    const row = (indent: number, name: string, of: string) => `${' '.repeat(indent)}${name.padEnd(column + 2 - indent)}${of}`;
    return [
      `${paint.bold(id)}  ${title}`,
      ...labs.flatMap((lab) => [
        row(2, lab.id, paint.bold(lab.title)),
        ...lab.steps.map((step) => row(4, step.id, paint.dim(step.title))),
      ]),
    ];
  });
  return `${lines.join('\n')}\n`;
}
