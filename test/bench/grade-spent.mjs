import { tracingChannel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

/** Loaded into a grader (`node --import`). Writes the time of each part of its work, for all submissions together, in milliseconds, to the file LABWRIGHT_SPENT. */
const begunMs = new WeakMap();
const parts = {};
let [firstMs, lastMs] = [0, 0];
tracingChannel('labwright:grade').subscribe({
  start: (message) => {
    firstMs ||= performance.now();
    begunMs.set(message, performance.now());
  },
  asyncEnd: (message) => {
    lastMs = performance.now();
    parts[message.part] = (parts[message.part] ?? 0) + lastMs - begunMs.get(message);
  },
});
process.on('exit', () => {
  writeFileSync(process.env.LABWRIGHT_SPENT, JSON.stringify({ parts, beforeMs: firstMs, afterMs: performance.now() - lastMs }));
});
