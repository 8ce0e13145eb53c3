/** A piece of work. What it resolves to, where it does, has to be done again with nothing else under way. */
export type Task = () => Promise<Task | undefined>;

/**
 * Does tasks in their order, `jobs` at a time, and then what they leave, one at a time. A failure ends it: the tasks under way are finished, no other is
 * begun, and the first error is thrown. Rejects with the signal's reason before the next task when aborted.
 */
export async function runTasks(tasks: Iterable<Task>, { jobs, signal }: { jobs: number; signal: AbortSignal }): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const alone: Task[] = [];
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    for (let next = queue.next(); !next.done && !failure; next = queue.next()) {
      signal.throwIfAborted();
      const left = await next.value();
      if (left) alone.push(left);
    }
  };
  const worker = () =>
    work().catch((error) => {
      failure ??= { error };
    });
  await Promise.all(Array.from({ length: jobs }, worker));
  if (failure) throw failure.error;
  for (const task of alone) {
    const left = await task();
    if (left) alone.push(left);
  }
}
