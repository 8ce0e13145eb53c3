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

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly labs: readonly {
    readonly id: string;
    readonly title: string;
    readonly steps: readonly {
      readonly id: string;
      readonly title: string;
      /** Omitted: they are not shown. */
      readonly checks?: readonly { readonly id: string; readonly claim: string }[];
    }[];
  }[];
}

/** Tutorials, their labs, the steps of each, and their checks where they are given, as text. */
export function tutorialList(cli: Cli, tutorials: readonly Listed[]): string {
  const { paint } = cli.out;
  const lines = tutorials.flatMap(({ id, title, labs }) => {
    const steps = labs.flatMap((lab) => lab.steps);
    const checks = steps.flatMap((step) => step.checks ?? []);
    const widths = [
      ...labs.map((lab) => lab.id.length),
      ...steps.map((step) => step.id.length + 2),
      ...checks.map((check) => check.id.length + 4),
    ];
    const column = Math.max(...widths, 0) + 2;
    const row = (indent: number, name: string, of: string) => `${' '.repeat(indent)}${name.padEnd(column + 2 - indent)}${of}`;
    return [
      `${paint.bold(id)}  ${title}`,
      ...labs.flatMap((lab) => [
        row(2, lab.id, paint.bold(lab.title)),
        ...lab.steps.flatMap((step) => [
          row(4, step.id, paint.dim(step.title)),
          ...(step.checks ?? []).map((check) => row(6, check.id, check.claim)),
        ]),
      ]),
    ];
  });
  return `${lines.join('\n')}\n`;
}
