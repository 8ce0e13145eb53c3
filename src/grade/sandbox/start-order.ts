import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Remark } from '../types.ts';

/**
 * A front that does not wait for its upstreams starts at the same time or just before them, and resolves literal names only by
 * chance. A grade must not depend on chance: here the front waits, and if it did not wait for the app, the remark `order` reports
 * it. Which other services it names is not known yet: it waits for all that do not wait for it, without a remark.
 */
export function inOrder(
  stack: NormalStack,
  services: ServiceNames,
  proxy: StackSpec['proxy'],
): { stack: NormalStack; notes: readonly Remark[] } {
  const [front = '', upstreams = ''] = proxy ? [services[proxy.role], services[proxy.upstream]] : [];
  if (!stack.services[front] || !stack.services[upstreams]) return { stack, notes: [] };
  const turned = upstreamsFirst(stack, front, upstreams);
  const others = Object.keys(stack.services).filter((name) => name !== upstreams);
  return {
    stack: others.reduce((made, name) => (waitsFor(made, name, front) ? made : waiting(made, front, name)), turned ?? stack),
    notes: turned ? [{ code: 'order', service: front, text: doesNotWait(front, upstreams) }] : [],
  };
}

const doesNotWait = (front: string, upstreams: string): Text =>
  text(
    `${front} does not wait for ${upstreams}, and finds its name by luck: here it is started after it`,
    `${front} 沒有等待 ${upstreams} 啟動，不一定能查詢到它的名稱：評分時會讓 ${front} 在 ${upstreams} 之後啟動`,
  );

/** The stack with the front started after the app; undefined: it already is, or cannot be. */
function upstreamsFirst(stack: NormalStack, front: string, upstreams: string): NormalStack | undefined {
  const app = stack.services[upstreams];
  if (!app || waitsFor(stack, front, upstreams)) return undefined;
  const { [front]: turned, ...others } = app.dependsOn;
  const free = { ...stack, services: { ...stack.services, [upstreams]: { ...app, dependsOn: others } } };
  // not if the app never starts, nor if it also waits for the front through another service
  if ((turned ?? 'service_started') !== 'service_started' || waitsFor(free, upstreams, front)) return undefined;
  return waiting(free, front, upstreams);
}

/** The same stack, with service `one` started after service `other`. */
function waiting(stack: NormalStack, one: string, other: string): NormalStack {
  const own = stack.services[one];
  if (!own || waitsFor(stack, one, other)) return stack;
  const dependsOn = { ...own.dependsOn, [other]: 'service_started' as const };
  return { ...stack, services: { ...stack.services, [one]: { ...own, dependsOn } } };
}

/** Whether one service starts only after another, directly or indirectly. */
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
