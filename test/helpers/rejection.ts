import { LabError } from '../../src/lab/error.ts';

/** The LabError that a promise rejects with; any other result fails the test. */
export async function rejection(work: Promise<unknown>): Promise<LabError> {
  const error = await work.then(
    (value) => new Error(`nothing was thrown, but got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof LabError) return error;
  throw error;
}
