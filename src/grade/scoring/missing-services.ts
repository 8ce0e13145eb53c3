import type { StackSpec } from '../../lab/stack.ts';
import { text } from '../../lab/text.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Remark } from '../types.ts';

/**
 * Reports each service that does not exist under its expected name, with the names that exist: checks report that it does not
 * run, but not why.
 */
export function missingServices({ services }: NormalStack, { services: wanted }: Pick<StackSpec, 'services'>): Remark[] {
  const there = Object.keys(services);
  return Object.values(wanted)
    .map(({ name }) => name)
    .filter((name) => !there.includes(name))
    .map((name) => ({
      code: 'service-missing',
      service: name,
      text: text(
        `no service named ${name} (the rubric requires it). Found: ${there.join(', ')}`,
        `沒有名為 ${name} 的服務（評分標準需要它）。檔案裡的服務：${there.join('、')}`,
      ),
    }));
}
