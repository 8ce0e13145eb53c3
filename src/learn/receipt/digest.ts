import { createHash } from 'node:crypto';
import type { Tutorial } from '../../lab/tutorial.ts';

/** SHA-256 of what a receipt is about: a tutorial's labs, steps, checks and claims. Explanations can change without it. */
export function tutorialDigest({ id, labs }: Tutorial): string {
  const parts = labs.map((lab) => ({
    id: lab.id,
    stack: lab.stack,
    steps: lab.steps.map((step) => ({
      id: step.id,
      checks: step.verify.map(({ id: check, claim, mode, needs = [], needsBaseline = false }) => ({
        ...{ id: check, claim: claim.en, mode, needs, needsBaseline },
      })),
    })),
  }));
  return createHash('sha256')
    .update(JSON.stringify({ id, labs: parts }))
    .digest('hex');
}
