import type { LabContent, PageContent, StepContent } from '../../protocol.ts';

/** A step and its lab; undefined: the content has no step with this key. */
export function findStep(
  content: PageContent,
  key: string,
): { readonly lab: LabContent; readonly step: StepContent } | undefined {
  for (const lab of content.labs) for (const step of lab.steps) if (step.key === key) return { lab, step };
  return undefined;
}

export const stepsOf = ({ labs }: PageContent): readonly StepContent[] => labs.flatMap(({ steps }) => steps);

/** The step after this one; undefined: it is the last, or unknown. */
export function stepAfter(content: PageContent, key: string): StepContent | undefined {
  const steps = stepsOf(content);
  const at = steps.findIndex((step) => step.key === key);
  return at < 0 ? undefined : steps[at + 1];
}
