import type { Headings } from '../../authoring/markdown/headings.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Cli } from '../context.ts';

/** Tutorials with their labs, steps and checks, in one language: `lab list --json`. */
export const tutorialsJson = ({ lang }: Cli, tutorials: readonly Tutorial[]) =>
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

/** Tutorials, their labs, and the steps of each, as text. */
export function tutorialList(cli: Cli, tutorials: readonly Headings[]): string {
  const { paint } = cli.out;
  const lines = tutorials.flatMap(({ id, title, labs }) => {
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
