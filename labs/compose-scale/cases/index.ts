import type { Gate } from '../../../src/lab/gate-case.ts';
import { scaleEquivalents } from './alternatives/base-scale.ts';
import { setupEquivalents } from './alternatives/base-setup.ts';
import { nginxEquivalents } from './alternatives/nginx.ts';
import { balanceMistakes } from './mistakes/base-balance.ts';
import { baseCauses } from './mistakes/base-causes.ts';
import { cleanupMistakes } from './mistakes/base-cleanup.ts';
import { scaleMistakes } from './mistakes/base-scale.ts';
import { setupMistakes } from './mistakes/base-setup.ts';
import { talkMistakes } from './mistakes/base-talk.ts';
import { nginxMistakes } from './mistakes/nginx.ts';

/** Mistakes that the checks must catch, and alternative solutions that must pass. */
export const gate: Gate = {
  mistakes: [
    ...setupMistakes,
    ...baseCauses,
    ...talkMistakes,
    ...scaleMistakes,
    ...balanceMistakes,
    ...cleanupMistakes,
    ...nginxMistakes,
  ],
  equivalents: [...setupEquivalents, ...scaleEquivalents, ...nginxEquivalents],
};
