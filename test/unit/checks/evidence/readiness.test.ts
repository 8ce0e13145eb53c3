import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base } from '../../../../labs/compose-scale/stacks.ts';
import { isReady } from '../../../../src/checks/answers.ts';
import type { StackFacts } from '../../../../src/checks/evidence/stack-facts.ts';
import { LabError } from '../../../../src/lab/error.ts';
import type { Replica } from '../../../../src/lab/facts.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import type { World } from '../../../../src/lab/world.ts';
import { client, flask, redis, stackFacts } from '../../../fixtures/facts.ts';

/** What live mode finds out about an app that does not answer. The replica started at 08:00:01.5. */

/** /proc/net/tcp of a container that listens on 0.0.0.0:8080, on 127.0.0.1:5000, on 0.0.0.0:5000, or nowhere. */
const listens = (address: string) => `0: ${address} 00000000:0000 0A`;
const [other, loopback, right] = ['00000000:1F90', '0100007F:1388', '00000000:1388'].map(listens) as [string, string, string];

interface Seen {
  /** Of the app's container; `none`: it has no `cat`. */
  readonly sockets?: string;
  /** What the probe of readiness prints, each time. */
  readonly answers?: readonly string[];
  /** The engine's time. */
  readonly now?: string;
  readonly live?: boolean;
  readonly state?: Partial<Replica>;
}

async function looked({ sockets = '', answers = [''], now = '2026-01-01T08:01:00Z', live = true, state = {} }: Seen) {
  const waits: number[] = [];
  let asked = 0;
  const facts: StackFacts = stackFacts([flask(1, state), redis(), client()]);
  const world = {
    project: 'p',
    spec: base,
    ...(live ? { live: true } : {}),
    state: async () => facts,
    time: async () => now,
    log: async () => '',
    exec: async () => {
      if (sockets === 'none') throw new LabError('E_PROBE', verbatim('no cat'), verbatim(''));
      return { exitCode: 0, stdout: sockets, stderr: '' };
    },
    probe: async (_: string, script: string) => {
      waits.push(10 * Number(/end=\$\(\(t\+(\d+)/.exec(script)?.[1]));
      return { exitCode: 0, stdout: answers[Math.min(asked++, answers.length - 1)] ?? '', stderr: '' };
    },
  } as unknown as World;
  const check = isReady('flask');
  const found = await check.gather(world);
  const judgement = check.judge(found);
  return { waits, evident: judgement.outcome === 'waiting' && judgement.evident === true, outcome: judgement.outcome };
}

test('an app that listens on another port, or on 127.0.0.1 alone, shows why it does not answer', async () => {
  for (const sockets of [other, loopback])
    assert.equal(await looked({ sockets }), { waits: [2000], evident: true, outcome: 'waiting' });
  for (const sockets of ['', right, 'none'])
    assert.equal(await looked({ sockets }), { waits: [2000], evident: false, outcome: 'waiting' });
});

test('a container that was started less than 3 s ago is given the rest of that time first', async () => {
  const now = '2026-01-01T08:00:03.5Z';
  assert.equal(await looked({ sockets: other, now }), { waits: [2000, 1000], evident: true, outcome: 'waiting' });
  assert.equal(await looked({ sockets: other, now, answers: ['', '172.18.0.11\n'] }), {
    ...{ waits: [2000, 1000], evident: false },
    outcome: 'passed',
  });
});

test('an answer with an error shows why, one that does not come does not', async () => {
  assert.is((await looked({ answers: ['172.18.0.11 500\n'] })).evident, true);
  assert.is((await looked({ answers: ['172.18.0.11 0\n'], sockets: other })).evident, false);
});

test('a container that Docker starts again and again shows why at once', async () => {
  const state = { state: 'restarting', restarts: 1, exitCode: 1 } as const;
  assert.equal(await looked({ state }), { waits: [], evident: true, outcome: 'waiting' });
});

test('without live mode, nothing is read in the container of the app', async () => {
  assert.equal(await looked({ sockets: other, live: false }), { waits: [2000], evident: false, outcome: 'waiting' });
});

test.run();
