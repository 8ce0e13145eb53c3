/** A unit of work. If it returns a task, that task must run again later, with nothing else running. */
export type Task = () => Promise<Task | undefined>;

/**
 * Runs tasks in order, `jobs` at a time, and then the tasks that these return, one at a time. After a failure, running tasks
 * finish, no other task starts, and the first error is thrown. When aborted, rejects with the signal's reason before the next
 * task.
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
