import { LabError } from '../../lab/error.ts';
import type { Gate } from '../../lab/gate-case.ts';
import { text } from '../../lab/text.ts';
import type { Lab, Step, Tutorial } from '../../lab/tutorial.ts';
import type { BuiltImages } from '../../run/copy/stack-copy.ts';
import {
  type CaseContext,
  type CaseResult,
  inCase,
  inPlace,
  passingWithoutWork,
  tryEquivalent,
  tryMistake,
  trySolution,
} from './run-case.ts';

export interface GateRun extends CaseContext {
  readonly gate: Gate;
  /** How many cases run at a time. */
  readonly jobs: number;
  /** IDs of the cases to run; empty: all. */
  readonly only: readonly string[];
  /** Called with the result of each case. */
  onResult(result: CaseResult, of: number): void;
}

interface Todo {
  readonly id: string;
  perform(images: BuiltImages): Promise<CaseResult>;
}

/**
 * Tests a tutorial's checks: no step passes untouched, the solution passes twice from scratch, mistakes are caught, and
 * equivalent solutions pass. Results are in the order of the cases. An error of the engine or the machine stops the gate: running
 * cases finish, no other case starts, and the error is thrown. Throws LabError E_USAGE for an ID that no case has, and
 * E_LAB_INVALID for a case of a step that does not exist. When aborted, removes everything and rejects with the signal's reason.
 */
export async function tryGate(run: GateRun): Promise<CaseResult[]> {
  const all = casesOf(run);
  const twice = all.find((one, at) => all.findIndex(({ id }) => id === one.id) !== at);
  if (twice)
    throw new LabError(
      'E_LAB_INVALID',
      text(`two cases have the ID ${twice.id}`, `有兩個案例的名稱都是 ${twice.id}`),
      text('give one of them another name', '請替其中一個改名'),
    );
  const unknown = run.only.find((id) => !all.some((one) => one.id === id));
  if (unknown !== undefined)
    throw new LabError(
      'E_USAGE',
      text(`${run.tutorial.id} has no case ${unknown}`, `${run.tutorial.id} 沒有名為 ${unknown} 的案例`),
      text(`its cases: ${all.map((one) => one.id).join(', ')}`, `可用的案例：${all.map((one) => one.id).join('、')}`),
    );
  const todo = all.filter(({ id }) => run.only.length === 0 || run.only.includes(id));
  const results = new Map<string, CaseResult>();
  const queue = todo[Symbol.iterator]();
  // All cases share the images of one build, except cases that build their own, so this session is removed last.
  await inPlace(run, run.signal, async (place, hands) => {
    const stack = Object.entries(run.tutorial.stacks).find(([, { services }]) =>
      Object.values(services).some(({ build }) => build !== undefined),
    )?.[0];
    let images: BuiltImages = {};
    if (stack !== undefined) {
      const built = await place(stack);
      await hands(built).compose`build`;
      images = built.images;
    }
    let failure: { readonly error: unknown } | undefined;
    const work = async () => {
      for (const one of queue) {
        if (failure) return;
        run.signal.throwIfAborted();
        const result = await one.perform(images);
        results.set(one.id, result);
        run.onResult(result, todo.length);
      }
    };
    const worker = () =>
      work().catch((error) => {
        failure ??= { error };
      });
    await Promise.all(Array.from({ length: run.jobs }, worker));
    if (failure) throw failure.error;
  });
  return todo.map(({ id }) => results.get(id)).filter((one) => one !== undefined);
}

function casesOf(run: GateRun): Todo[] {
  const { tutorial, gate } = run;
  const nothing: Todo = {
    id: 'untouched',
    perform: async () => {
      const done = await inCase(run, async (place) => {
        for (const stack of Object.keys(tutorial.stacks)) {
          const steps = tutorial.labs
            .filter((lab) => lab.stack === stack)
            .flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step] as const));
          const wrong = await passingWithoutWork(run, await place(stack), steps);
          if (wrong) return wrong;
        }
        return undefined;
      });
      const what = text('nothing is done: no step passes', '未進行任何操作：沒有步驟通過');
      return { id: 'untouched', kind: 'untouched', at: '', what, ...done };
    },
  };
  const solution = (id: string, untouched: boolean): Todo => ({
    id,
    perform: async () => {
      const done = await trySolution(run, tutorial.labs, { untouched });
      const what = untouched
        ? text('the solution passes, and no step before its own commands', '解答會通過；每一步在執行自己的指令之前都不會通過')
        : text('the solution passes again, from scratch', '從頭重新執行一次，解答仍會通過');
      return { id, kind: 'solution', at: '', what, ...done };
    },
  });
  const placeOf = (id: string, at: string) => ({
    ...stepOf(tutorial, id, at),
    stepAt: (earlier: string) => stepOf(tutorial, id, earlier).step,
  });
  return [
    nothing,
    solution('solution', true),
    solution('solution-again', false),
    ...gate.mistakes.map((one): Todo => {
      const at = placeOf(one.id, one.at);
      return { id: one.id, perform: (images) => tryMistake(run, at, one, images) };
    }),
    ...gate.equivalents.map((one): Todo => {
      const at = placeOf(one.id, one.at);
      return { id: one.id, perform: (images) => tryEquivalent(run, at, one, images) };
    }),
  ];
}

function stepOf(tutorial: Tutorial, id: string, at: string): { lab: Lab; step: Step } {
  const [labId, stepId] = at.split('/');
  const lab = tutorial.labs.find((one) => one.id === labId);
  const step = lab?.steps.find((one) => one.id === stepId);
  if (lab && step) return { lab, step };
  throw new LabError(
    'E_LAB_INVALID',
    text(`case ${id}: there is no step ${at}`, `案例 ${id}：沒有步驟 ${at}`),
    text(`write it as lab/step; \`lab list\` shows them`, '請寫成「單元/步驟」，可用的列在 `lab list`'),
  );
}
