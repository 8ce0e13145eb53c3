import type { Lab, Tutorial } from './tutorial.ts';

/** A lab from its steps; its own `run` and `verify` follow from theirs. */
export function defineLab(lab: Omit<Lab, 'run' | 'verify'>): Lab {
  return {
    ...lab,
    run: async (stack) => {
      for (const step of lab.steps) await step.run(stack);
    },
    verify: async (world) =>
      Promise.all((lab.steps.at(-1)?.verify ?? []).map(async (check) => check.judge(await check.gather(world)))),
  };
}

/** A tutorial. Throws TypeError for what can't be: the same ID twice, a need or a stack that is not there, a step without a check. */
export function defineTutorial(tutorial: Tutorial): Tutorial {
  const wrong = (what: string) => new TypeError(`tutorial ${tutorial.id}: ${what}`);
  const unique = (ids: readonly string[], where: string) => {
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined) throw wrong(`${where} has ${twice} twice`);
  };
  unique(
    tutorial.labs.map((lab) => lab.id),
    'it',
  );
  for (const lab of tutorial.labs) {
    if (!tutorial.stacks[lab.stack]) throw wrong(`lab ${lab.id} asks for a stack ${lab.stack}`);
    const need = lab.needs?.find((id) => !tutorial.labs.some((other) => other.id === id));
    if (need !== undefined) throw wrong(`lab ${lab.id} needs ${need}`);
    unique(
      lab.steps.map((step) => step.id),
      `lab ${lab.id}`,
    );
    for (const step of lab.steps) {
      if (step.verify.length === 0) throw wrong(`step ${lab.id}/${step.id} has no check`);
      unique(
        step.verify.map((check) => check.id),
        `step ${lab.id}/${step.id}`,
      );
    }
  }
  return tutorial;
}
