import { createHash } from 'node:crypto';
import type { ServiceNames } from '../lab/stack.ts';
import type { BuildNetwork } from './build-network/build-network.ts';
import type { Rubric } from './rubric/rubric.ts';
import type { Remark } from './types.ts';

/** A submission that was read, to be graded elsewhere. Its files exist until that resolves. */
export interface SentWork {
  readonly key: string;
  /** The student, or the folder of a student's exam: not for other machines. */
  readonly name: string;
  readonly part?: string;
  /** The project, unpacked. */
  readonly dir: string;
  readonly composeFile: string;
  /** The images that the key includes. */
  readonly images: readonly string[];
  readonly answers: ServiceNames;
  /** Remarks about names that could not be decoded. */
  readonly notes: readonly Remark[];
}

/** Identifies everything that a grade depends on; the rubric's hash includes the hosts that builds may reach. `images`: what really runs. */
export const keyOf = (
  hash: string,
  images: readonly string[],
  {
    rubric,
    version,
    buildNetwork,
    trust,
  }: {
    readonly version: string;
    readonly trust?: boolean;
    rubric: Pick<Rubric, 'hash'>;
    buildNetwork: Pick<BuildNetwork, 'mode'>;
  },
  answers: ServiceNames,
): string =>
  createHash('sha256')
    .update(
      [
        hash,
        rubric.hash,
        version,
        buildNetwork.mode,
        ...(trust ? ['trust'] : []),
        ...images,
        ...Object.entries(answers).flat(),
      ].join('\n'),
    )
    .digest('hex');
