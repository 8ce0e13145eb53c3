import type { Tutorial } from '../lab/tutorial.ts';

/** What identifies each step's definition, by `lab/step`: its texts, commands and checks. */
function definitions({ labs }: Tutorial): ReadonlyMap<string, string> {
  return new Map(
    labs.flatMap((lab) =>
      lab.steps.map((step) => {
        const { run, verify, audit, ...data } = step;
        const checks = [...verify, ...(audit ?? [])].map(({ id, claim, needs }) => ({ id, claim, needs }));
        return [`${lab.id}/${step.id}`, JSON.stringify([data, checks, step.commands ?? String(run)])] as const;
      }),
    ),
  );
}

/** The steps (`lab/step`) of a tutorial that differ from those before. Empty: only something else has changed, such as a file of a stack. */
export function changedSteps(before: Tutorial, after: Tutorial): string[] {
  const old = definitions(before);
  return [...definitions(after)].flatMap(([at, definition]) => (old.get(at) === definition ? [] : [at]));
}
