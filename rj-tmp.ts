import { readFileSync } from 'node:fs';
import { shippedTutorials } from './src/cli/tutorials.ts';
import { judgedOtherwise } from './test/helpers/judged-again.ts';
const r = JSON.parse(readFileSync(process.argv[2]!,'utf8'));
const t = (await shippedTutorials()).find(x=>x.id===r.tutorial.id)!;
console.log(r.tutorial.id, r.outcome, r.totals, judgedOtherwise(r,t));
