import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { composeFileNames } from '../../formats/compose-file.ts';
import { type StackSpec, serviceNames } from '../../lab/stack.ts';
import { judgePolicy } from '../policy/policy.ts';
import type { PolicyRules } from '../policy/rules.ts';
import type { Reference } from './replace.ts';

/**
 * Reads the reference solution in a folder, absolute, as a submission is read. `rules`: the class's, adapted to it. Undefined: the rules do not permit
 * it, for example because the rubric replaces none of its images.
 */
export async function loadReference(dir: string, spec: StackSpec, rules: PolicyRules): Promise<Reference | undefined> {
  const composeFile = composeFileNames.find((name) => existsSync(join(dir, name)));
  const judged = composeFile === undefined ? undefined : await judgePolicy(dir, composeFile, rules);
  if (!judged?.ok) return undefined;
  const names = serviceNames(spec);
  const { proxy, files } = spec;
  const mounts = proxy ? (judged.stack.services[names[proxy.role] ?? '']?.mounts ?? []) : [];
  const conf = mounts.find((mount) => mount.type === 'bind' && mount.source === files?.['conf']);
  return { dir, stack: judged.stack, names, ...(conf ? { confTarget: conf.target } : {}) };
}
