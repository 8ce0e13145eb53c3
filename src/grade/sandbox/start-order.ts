import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Remark } from '../types.ts';

/**
 * A front that does not wait for what it passes requests to is started at the same time as that, or a moment before, and its literal names are looked
 * up by luck. A grade must not hang on luck: here it waits, and where it did not wait for the app, the remark `order` says so. Which of the others it
 * names is not known yet: it waits for all that do not wait for it, and nothing is said of that.
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
    `${front} 沒有等 ${upstreams} 先啟動，能不能查到名稱全憑運氣：評分時讓它在 ${upstreams} 之後啟動`,
  );

/** The front started after the app; undefined: it is already, or cannot be. */
function upstreamsFirst(stack: NormalStack, front: string, upstreams: string): NormalStack | undefined {
  const app = stack.services[upstreams];
  if (!app || waitsFor(stack, front, upstreams)) return undefined;
  const { [front]: turned, ...others } = app.dependsOn;
  const free = { ...stack, services: { ...stack.services, [upstreams]: { ...app, dependsOn: others } } };
  // not for what never starts, nor where it goes round by way of another
  if ((turned ?? 'service_started') !== 'service_started' || waitsFor(free, upstreams, front)) return undefined;
  return waiting(free, front, upstreams);
}

/** The same stack, where one service is started after another has been. */
function waiting(stack: NormalStack, one: string, other: string): NormalStack {
  const own = stack.services[one];
  if (!own || waitsFor(stack, one, other)) return stack;
  const dependsOn = { ...own.dependsOn, [other]: 'service_started' as const };
  return { ...stack, services: { ...stack.services, [one]: { ...own, dependsOn } } };
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
