// Runs test files one after another in this process: `node group.mjs <end> <file>…`. After each it prints a line with the text `end`, and how long the file took (ms).
import { pathToFileURL } from 'node:url';

const [end, ...files] = process.argv.slice(2);
// with its own program among the arguments, uvu runs nothing by itself
process.argv.push('uvu/bin.js');
const { exec } = await import('uvu');

let exitCode = 0;
for (const file of files) {
  const startedAt = performance.now();
  globalThis.UVU_QUEUE.splice(0, Number.POSITIVE_INFINITY, [null]);
  await import(pathToFileURL(file).href);
  await exec();
  exitCode ||= Number(process.exitCode);
  console.log(`\n${end} ${performance.now() - startedAt}`);
}
process.exitCode = exitCode;
