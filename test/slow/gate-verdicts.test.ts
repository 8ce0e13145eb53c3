// time limit: 600 s
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { tryGate } from '../../src/authoring/gate/gate.ts';
import type { CaseResult } from '../../src/authoring/gate/run-case.ts';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { LabError } from '../../src/lab/error.ts';
import type { Gate, Mistake } from '../../src/lab/gate-case.ts';
import { verbatim } from '../../src/lab/text.ts';
import type { Lab, Tutorial } from '../../src/lab/tutorial.ts';
import { assets } from '../../src/platform/package-root.ts';
import { clean } from '../../src/run/clean.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { folder } from '../helpers/folder.ts';
import { rejection } from '../helpers/rejection.ts';

const test = besideBystander('gate');

const what = verbatim('-');
/** Waits until all replicas answer, so that none is still starting when it is judged, even on a loaded machine. */
const allAnswer = 'for ip in $(dig +short flask); do until curl -sf -o /dev/null "http://$ip:5000/"; do sleep 0.1; done; done';
const scaledTo = (count: number, over: Partial<Mistake> = {}): Mistake => ({
  id: `scaled-to-${count}`,
  at: 'scale/out',
  what,
  given: async (hands) => {
    await hands.compose`up -d`;
  },
  make: async (hands) => {
    await hands.compose`up -d --scale flask=${count}`;
    await hands.compose`exec client sh -c ${allAnswer}`;
  },
  caughtBy: 'flask-has-3-replicas',
  message: new RegExp(`\\| ${count} running \\|`),
  ...over,
});

let gates = 0;

/** Runs only these cases, and asserts that nothing of them is left. */
async function tried(
  engine: Engine,
  gate: Partial<Gate>,
  options: { only?: readonly string[]; tutorial?: Tutorial; signal?: AbortSignal; assets?: string; jobs?: number } = {},
): Promise<CaseResult[]> {
  const state = folder();
  const homes = { state, cache: state };
  const full: Gate = { mistakes: [], equivalents: [], ...gate };
  let runs = 0;
  let marks = 0;
  const session = `gate${process.pid}x${++gates}n`;
  try {
    return await tryGate({
      tutorial: options.tutorial ?? composeScale,
      gate: full,
      engine,
      homes,
      assets: options.assets ?? assets,
      env: process.env,
      clock,
      signal: options.signal ?? new AbortController().signal,
      jobs: options.jobs ?? 3,
      only: options.only ?? [...full.mistakes, ...full.equivalents].map(({ id }) => id),
      runId: () => `${session}${++runs}`,
      nonce: () => `${session}-${++marks}`,
      onResult: () => {},
    });
  } finally {
    const { left, failed } = await clean(homes, clock, { dryRun: true });
    assert.equal([...Object.values(left).flat(), ...failed], []);
    const containers = await engine.api.get<{ Names: string[] }[]>('/containers/json', { all: true });
    const mine = containers.flatMap(({ Names }) => Names).filter((name) => name.includes(session));
    assert.equal(mine, [], 'containers are left');
  }
}

const surprises = (results: readonly CaseResult[]) => Object.fromEntries(results.map(({ id, surprise }) => [id, surprise?.en]));

test('a mistake that its check catches with the expected message is not a surprise', async ({ engine }) => {
  const [result] = await tried(engine, { mistakes: [scaledTo(2)] });
  assert.is(result?.surprise, undefined);
  assert.is(result?.caughtBy, 'flask-has-3-replicas');
  assert.is(result?.kind, 'mistake');
});

test('every kind of surprise is reported', async ({ engine }) => {
  const results = await tried(engine, {
    mistakes: [
      scaledTo(3),
      scaledTo(4, { message: /paused/ }),
      scaledTo(5, { message: /3 replicas of flask/ }),
      scaledTo(2, { id: 'by-another', caughtBy: 'flask-is-ready' }),
      scaledTo(2, { id: 'by-none', caughtBy: 'no-such-check' }),
      scaledTo(2, {
        id: 'not-made',
        make: async (hands) => {
          await hands.sh`echo no such thing >&2; exit 4`;
        },
      }),
      scaledTo(2, { id: 'not-edited', make: (hands) => hands.edit('compose.yaml', (file) => file) }),
    ],
    equivalents: [
      {
        id: 'not-right',
        at: 'scale/out',
        what,
        make: async (hands) => {
          await hands.compose`up -d --scale flask=2`;
        },
      },
    ],
  });
  const surprise = surprises(results);
  assert.is(
    surprise['scaled-to-3'],
    'nothing caught it: every check of the step passes, so the case changes nothing that they observe, or a check is missing',
  );
  assert.is(
    surprise['scaled-to-4'],
    'the message of flask-has-3-replicas does not match /paused/: 3 replicas of flask, running | 4 running | set the exact number: docker compose up -d --scale flask=3',
  );
  assert.is(
    surprise['scaled-to-5'],
    '/3 replicas of flask/ matches what is expected (3 replicas of flask, running), which flask-has-3-replicas says whatever is wrong: name what was seen',
  );
  assert.match(
    surprise['by-another'] ?? '',
    /^flask-is-ready is skipped; caught by flask-has-3-replicas \(3 replicas of flask, running/,
  );
  assert.is(surprise['by-none'], 'the step has no check no-such-check');
  assert.match(
    surprise['not-made'] ?? '',
    /^E_COMMAND_FAILED: `echo no such thing >&2; exit 4` ended with exit code 4:\nno such thing$/,
  );
  assert.is(surprise['not-edited'], 'E_LAB_INVALID: the change of compose.yaml changes nothing');
  assert.match(surprise['not-right'] ?? '', /^flask-has-3-replicas \(3 replicas of flask, running \| 2 running/);
});

test('a container that a case creates without Compose is removed with the case', async ({ engine }) => {
  const results = await tried(engine, {
    mistakes: [
      scaledTo(2, {
        id: 'by-hand',
        make: async (hands) => {
          await hands.compose`up -d --scale flask=2`;
          await hands.sh`docker run -d ${hands.mark} --name ${`${hands.project}-hand`} --network ${`${hands.project}_default`} redis:8.0`;
        },
      }),
    ],
  });
  assert.equal(surprises(results), { 'by-hand': undefined });
});

const onlyImages = (id: string): Tutorial => {
  const setup = composeScale.labs[0] as Lab;
  const [build] = setup.steps;
  if (!build) throw new Error('no step');
  const verify = build.verify.filter((check) => check.id === id);
  return { ...composeScale, labs: [{ ...setup, steps: [{ ...build, verify }] }] };
};

test('a step that passes untouched is a surprise, in an empty project and before its own commands', async ({ engine }) => {
  const tutorial = onlyImages('images-are-present');
  const results = await tried(engine, {}, { tutorial, only: ['untouched', 'solution', 'solution-again'] });
  assert.equal(surprises(results), {
    untouched: 'setup/build passes before its commands: no check shows that they were performed',
    solution: 'setup/build passes before its commands: no check shows that they were performed',
    'solution-again': undefined,
  });
  const right = await tried(engine, {}, { tutorial: onlyImages('flask-image-is-built'), only: ['untouched', 'solution'] });
  assert.equal(surprises(right), { untouched: undefined, solution: undefined });
});

test('a solution that does not pass is a surprise', async ({ engine }) => {
  const tutorial = onlyImages('flask-image-is-built');
  const [lab] = tutorial.labs;
  const [step] = lab?.steps ?? [];
  if (!lab || !step) throw new Error('no step');
  const lazy = { ...tutorial, labs: [{ ...lab, steps: [{ ...step, run: async () => undefined }] }] };
  const surprise = surprises(await tried(engine, {}, { tutorial: lazy, only: ['solution-again'] }));
  assert.match(
    surprise['solution-again'] ?? '',
    /^setup\/build: flask-image-is-built \(an image .* \| no such image \| docker compose build\)$/,
  );
});

test('an unknown case, a duplicate name and an unknown step are reported', async ({ engine }) => {
  const unknown = await rejection(tried(engine, { mistakes: [scaledTo(2)] }, { only: ['scaled-to-5'] }));
  assert.match(String(unknown), /compose-scale has no case scaled-to-5/);
  const twice = await rejection(tried(engine, { mistakes: [scaledTo(2)], equivalents: [scaledTo(2)] }));
  assert.match(String(twice), /two cases have the ID scaled-to-2/);
  const nowhere = await rejection(tried(engine, { mistakes: [scaledTo(2, { at: 'scale/up' })] }));
  assert.match(String(nowhere), /case scaled-to-2: there is no step scale\/up/);
});

test('a machine error ends the gate with its code: running cases end, and no other case starts', async ({ engine }) => {
  const made: string[] = [];
  let thrown = () => {};
  const isThrown = new Promise<void>((resolve) => {
    thrown = resolve;
  });
  const lost = scaledTo(2, {
    given: async () => undefined,
    make: async () => {
      made.push('lost');
      thrown();
      throw new LabError('E_ENGINE_LOST', verbatim('gone'), verbatim('-'));
    },
  });
  // This case starts and removes containers after the error; `lost` has none.
  const underWay = scaledTo(4, {
    given: async () => undefined,
    make: async (hands) => {
      await isThrown;
      await hands.compose`up -d --scale flask=4`;
      made.push('under way');
    },
  });
  const never = scaledTo(5, {
    given: async () => {
      made.push('never');
    },
  });
  const error = await rejection(tried(engine, { mistakes: [lost, underWay, never] }, { jobs: 2 }));
  assert.equal([error instanceof LabError && error.code, made], ['E_ENGINE_LOST', ['lost', 'under way']]);
});

test('a failed image build ends the gate with its code', async ({ engine }) => {
  const broken = join(folder(), 'assets');
  cpSync(assets, broken, { recursive: true });
  appendFileSync(join(broken, 'compose-scale/base/flask/Dockerfile'), 'RUN exit 3\n');
  const error = await rejection(tried(engine, { mistakes: [scaledTo(2)] }, { assets: broken }));
  assert.equal(error instanceof LabError && [error.code, error.exitCode], ['E_COMMAND_FAILED', 3]);
});

test('an interrupt ends the gate, and everything is removed', async ({ engine }) => {
  const stop = new AbortController();
  const waiting = scaledTo(2, {
    make: async (hands) => {
      await hands.compose`up -d`;
      stop.abort('SIGINT');
      await hands.sh`sleep 60`;
    },
  });
  const reason = await tried(engine, { mistakes: [waiting] }, { signal: stop.signal }).then(
    () => 'no rejection',
    (error) => error,
  );
  assert.is(reason, 'SIGINT');
});

test.run();
