const names = ['bar', 'step', 'stack', 'terminal'] as const;

/** The region after this one, or before it: from the last to the first. */
export function nextRegion(from: string | undefined, back: boolean, present: readonly string[]): string | undefined {
  const order = names.filter((name) => present.includes(name));
  const at = order.indexOf(from as (typeof names)[number]);
  return order[(at + (back ? (at < 0 ? 0 : -1) : 1) + order.length) % order.length];
}
