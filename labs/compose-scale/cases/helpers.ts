import { LabError } from '../../../src/lab/error.ts';
import type { Scenario } from '../../../src/lab/gate-case.ts';

/** Helpers for the cases of the base stack. */

export const up = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d`;
};

/** Waits until every replica in DNS accepts requests. It requests a different path than a learner does. */
export const ready = async (hands: Scenario): Promise<void> => {
  const each = 'for a in $(dig +short flask); do until curl -s -m 5 -o /dev/null $a:5000/health; do sleep 0.1; done; done';
  await hands.compose`exec client timeout 60 sh -c ${each}`;
};

/** Waits until flask reports that it listens, on whatever address and port: until then, nothing shows where. */
export const listens = async (hands: Scenario): Promise<void> => {
  const reported = 'until docker logs "$0" 2>&1 | grep -q "Running on"; do sleep 0.1; done';
  for (const id of await flasks(hands)) await hands.sh`timeout 60 sh -c ${reported} ${id}`;
};

export const three = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d --scale flask=3`;
};

export const threeReady = async (hands: Scenario): Promise<void> => {
  await three(hands);
  await ready(hands);
};

/**
 * Pauses a container. While its processes start others, the kernel cannot freeze it, and runc gives up after a while (`unable to freeze`): then it is
 * tried again.
 */
export const pause = (hands: Scenario, id = ''): Promise<void> =>
  hands.sh`sh -c ${'for try in 1 2 3 4 5 6; do docker pause "$0" && exit; done; exit 1'} ${id}`;

export const ping = async (hands: Scenario): Promise<void> => {
  await hands.compose`exec client ping -c 1 flask`;
};

export const pingTenTimes = async (hands: Scenario): Promise<void> => {
  await hands.compose`exec client sh -c ${'for i in $(seq 10); do ping -c 1 flask; done'}`;
};

export const curl = async (hands: Scenario): Promise<void> => {
  await hands.compose`exec client curl -sS flask:5000`;
};

export const curlTenTimes = async (hands: Scenario): Promise<void> => {
  await hands.compose`exec client sh -c ${'for i in $(seq 10); do curl -sS flask:5000; done'}`;
};

/** Adds settings to a service in compose.yaml. */
export const gives = (hands: Scenario, service: string, ...lines: readonly string[]): Promise<void> =>
  hands.edit('compose.yaml', (file) =>
    file.replace(`\n  ${service}:\n`, `\n  ${service}:\n${lines.map((line) => `    ${line}\n`).join('')}`),
  );

/** The labels for resources that a case adds to compose.yaml, in the syntax of that file. */
export const labels = ({ mark }: Scenario): string => JSON.stringify(mark.filter((word) => word !== '--label'));

/** Replaces text in flask's app: each change is `[old, new]`. */
export const changesApp = async (
  hands: Scenario,
  ...changes: readonly (readonly [old: string, now: string])[]
): Promise<void> => {
  for (const [old, now] of changes) await hands.edit('flask/app.py', (app) => app.replace(old, now));
};

/** The IDs of flask's containers, the oldest first. */
export const flasks = async (hands: Scenario): Promise<string[]> => (await hands.replicas('flask')).map((one) => one.id);

/** A command that failed, and one that failed because of a port. */
const refusals: ReadonlySet<string> = new Set(['E_COMMAND_FAILED', 'E_PORT_TAKEN']);

/** Asserts that Compose refuses a command. */
export const refused = (command: Promise<void>): Promise<void> =>
  command.then(
    () => {
      throw new Error('Compose was to refuse this');
    },
    (error: unknown) => {
      if (!(error instanceof LabError) || !refusals.has(error.code)) throw error;
    },
  );
