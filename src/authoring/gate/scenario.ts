import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectFacts } from '../../docker/api/project-facts.ts';
import type { Engine } from '../../docker/engine.ts';
import { movePort } from '../../formats/move-port.ts';
import { quote } from '../../formats/quote.ts';
import { LabError } from '../../lab/error.ts';
import type { Scenario } from '../../lab/gate-case.ts';
import { text } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { runLine } from '../../platform/shell.ts';
import { classifyFailure } from '../../run/classify-failure.ts';
import { madeLabel, projectPrefix, runLabel } from '../../run/journal.ts';
import type { StackSession } from '../../run/session.ts';

const silent = { started: () => {}, output: () => {}, finished: () => {}, note: () => {} };

/** Creates the operations of a case on its stack. `signal` stops a running operation. */
export function makeHands(engine: Engine, place: StackSession, runId: string, signal: AbortSignal): Scenario {
  const { dir, project, env, moved } = place;
  // an edit is of the text that the author wrote, not of the copy's with another port
  let written = moved?.source;
  const composeFile = join(dir, 'compose.yaml');
  const stack = place.stack(silent, signal);
  const sh: Scenario['sh'] = async (pieces, ...values) => {
    const words = values.map((value) => [value].flat().map(String).map(quote).join(' '));
    const line = pieces.reduce((value, piece, at) => value + words[at - 1] + piece);
    const { exitCode, tail } = await runLine(line, { cwd: dir, env, signal });
    if (exitCode !== 0) throw classifyFailure(line, exitCode, tail);
  };
  return {
    ...stack,
    project,
    other: `${projectPrefix(runId)}other`,
    sh,
    mark: ['--label', `${runLabel}=${runId}`, '--label', `${madeLabel}=${runId}`],
    edit: async (path, change) => {
      const file = join(dir, path);
      const found = (await readPlain(file, { maxBytes: 4_000_000 })).toString();
      if (!moved || written === undefined || file !== composeFile) {
        const after = change(found);
        if (after === found) throw changesNothing(path);
        return writeFile(file, after);
      }
      const { from, to } = moved;
      const before = movePort(written, from, to) === found ? written : movePort(found, to, from);
      written = change(before);
      if (written === before) throw changesNothing(path);
      await writeFile(file, movePort(written, from, to));
    },
    write: async (path, content) => {
      const file = join(dir, path);
      await rm(file, { force: true });
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    replicas: async (role) =>
      (await projectFacts(engine.api, project)).replicas.filter((one) => one.service === stack.service(role)),
  };
}

const changesNothing = (path: string): LabError =>
  new LabError(
    'E_LAB_INVALID',
    text(`the change of ${path} changes nothing`, `對 ${path} 的修改沒有改變任何內容`),
    text('fix how the case is set up', '請修正這個案例的設定方式'),
  );
