import { LabError } from './error.ts';
import { verifyOnce } from './judge-checks.ts';
import type { StackSpec } from './stack.ts';
import { text } from './text.ts';
import type { Lab, Tutorial } from './tutorial.ts';

/** A stack, typed with the roles in its `services`. */
export const defineStack = <R extends string>(spec: StackSpec<R>): StackSpec<R> => spec;

/** A lab as its author writes it. */
interface LabDefinition<R extends string> extends Omit<Lab<NoInfer<R>>, 'run' | 'verify' | 'stack'> {
  /** The stack, which restricts the roles that steps and checks can name; or its ID. */
  readonly stack: string | StackSpec<R>;
}

/** A lab from its steps; derives its `run` and `verify` from theirs. */
export function defineLab<R extends string = string>(lab: LabDefinition<R>): Lab<R> {
  return {
    ...lab,
    stack: typeof lab.stack === 'string' ? lab.stack : lab.stack.id,
    run: async (stack) => {
      for (const step of lab.steps) await step.run(stack);
    },
    verify: (world) => verifyOnce(lab.steps.at(-1)?.verify ?? [], world),
  };
}

/**
 * A tutorial. Throws LabError E_LAB_INVALID if it is inconsistent: a duplicate ID, a need that does not exist or comes later, a
 * stack that does not exist, a step without a check, a check of a role that its stack does not have.
 */
export function defineTutorial(tutorial: Tutorial): Tutorial {
  const wrong = (en: string, zhTW: string) =>
    new LabError(
      'E_LAB_INVALID',
      text(`tutorial ${tutorial.id}: ${en}`, `教學 ${tutorial.id}：${zhTW}`),
      text('fix it where the tutorial is defined', '請修正教學的定義'),
    );
  const unique = (ids: readonly string[], where: string) => {
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined) throw wrong(`${where} has ${twice} twice`, `${where} 裡的 ${twice} 重複了`);
  };
  unique(
    tutorial.labs.map((lab) => lab.id),
    tutorial.id,
  );
  for (const lab of tutorial.labs) {
    const stack = tutorial.stacks[lab.stack];
    if (!stack) throw wrong(`lab ${lab.id} asks for a stack ${lab.stack}`, `單元 ${lab.id} 要用的 stack ${lab.stack} 不存在`);
    const need = lab.needs?.find((id) => !tutorial.labs.some((other) => other.id === id));
    if (need !== undefined)
      throw wrong(`lab ${lab.id} needs ${need}, which is not there`, `單元 ${lab.id} 需要的 ${need} 不存在`);
    unique(
      lab.steps.map((step) => step.id),
      `lab ${lab.id}`,
    );
    for (const [at, step] of lab.steps.entries()) {
      const before = lab.steps.slice(0, at).map((one) => one.id);
      const late = step.needs?.find((id) => !before.includes(id));
      if (late !== undefined)
        throw wrong(
          `step ${lab.id}/${step.id} needs ${late}, which does not come before it`,
          `步驟 ${lab.id}/${step.id} 需要的 ${late} 不在它前面`,
        );
      if (step.verify.length === 0)
        throw wrong(`step ${lab.id}/${step.id} has no check`, `步驟 ${lab.id}/${step.id} 沒有任何檢查`);
      unique(
        step.verify.map((check) => check.id),
        `step ${lab.id}/${step.id}`,
      );
      for (const [place, check] of step.verify.entries()) {
        const earlier = step.verify.slice(0, place).map((one) => one.id);
        const stray = check.needs?.find((id) => !earlier.includes(id));
        if (stray !== undefined)
          throw wrong(
            `check ${check.id} needs ${stray}, which does not come before it in its step`,
            `檢查 ${check.id} 需要的 ${stray} 不在同一步驟裡、它的前面`,
          );
        const strange = check.roles?.find((role) => !stack.services[role]);
        if (strange !== undefined)
          throw wrong(
            `check ${check.id} is about ${strange}, which is no role of the stack ${lab.stack}`,
            `檢查 ${check.id} 針對 ${strange}，但 stack ${lab.stack} 沒有這個角色`,
          );
      }
    }
  }
  return tutorial;
}
