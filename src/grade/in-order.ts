import type { Role } from '../lab/tutorial.ts';
import type { Remark } from './grade.ts';
import type { NormalStack } from './policy/normal.ts';
import { noteTexts } from './policy/reasons.ts';

/**
 * A front that does not wait for what it passes requests to is started at the same time as that, or a moment before, and its literal names are looked
 * up by luck. A grade must not hang on luck: here it waits, and the remark `order` says so.
 */
export function inOrder(
  stack: NormalStack,
  services: Readonly<Partial<Record<Role, string>>>,
): { stack: NormalStack; notes: readonly Remark[] } {
  const { nginx: front = '', flask: behind = '' } = services;
  const own = stack.services[front];
  const app = stack.services[behind];
  if (!own || !app || waitsFor(stack, front, behind)) return { stack, notes: [] };
  const { [front]: turned, ...others } = app.dependsOn;
  const free = { ...stack, services: { ...stack.services, [behind]: { ...app, dependsOn: others } } };
  // not for what never starts, nor where it goes round by way of another
  if ((turned ?? 'service_started') !== 'service_started' || waitsFor(free, behind, front)) return { stack, notes: [] };
  const waiting = { ...own, dependsOn: { ...own.dependsOn, [behind]: 'service_started' as const } };
  const text = noteTexts['order'];
  if (!text) throw new TypeError('no text for order');
  return {
    stack: { ...free, services: { ...free.services, [front]: waiting } },
    notes: [{ code: 'order', service: front, text }],
  };
}

/** Whether one service is started only after another, by whatever way. */
function waitsFor({ services }: NormalStack, one: string, other: string): boolean {
  const seen = new Set<string>();
  const open = [one];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === other) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...Object.keys(services[at]?.dependsOn ?? {}));
  }
  return false;
}
