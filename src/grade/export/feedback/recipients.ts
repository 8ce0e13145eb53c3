/**
 * The address of each of these in another system. One that several share belongs to none of them: feedback must not reach another student.
 */
export function addressesOf<Item>(
  all: readonly Item[],
  addressOf: (one: Item) => string | undefined,
): readonly { readonly to: string; readonly of: Item }[] {
  const found = all.flatMap((of) => {
    const to = addressOf(of);
    return to === undefined ? [] : [{ to, of }];
  });
  const key = (to: string) => to.toLowerCase();
  const many = new Map<string, number>();
  for (const { to } of found) many.set(key(to), (many.get(key(to)) ?? 0) + 1);
  return found.filter(({ to }) => many.get(key(to)) === 1);
}
