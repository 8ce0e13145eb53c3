import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { type Learner, passingSteps } from './learner.ts';

/** The project's resources and its image, with every property that changes when one of them changes. */
async function projectState({ api }: Engine, project: string): Promise<string> {
  interface Inspected {
    readonly Id: string;
    readonly Name: string;
    readonly RestartCount: number;
    readonly State: object;
    readonly HostConfig: object;
    readonly Config: object;
    readonly NetworkSettings: object;
  }
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
  const listed = await api.get<{ Id: string }[]>('/containers/json', { all: true, filters });
  const containers = await Promise.all(listed.map(({ Id }) => api.get<Inspected>(`/containers/${Id}/json`)));
  const networks = await api.get<{ Id: string; Name: string; Created: string }[]>('/networks', { filters });
  const { Volumes } = await api.get<{ Volumes: { Name: string; CreatedAt: string }[] | null }>('/volumes', { filters });
  const images = await api.get<{ Id: string }[]>('/images/json', { filters: JSON.stringify({ reference: [`${project}:lab`] }) });
  const sorted = <T>(all: readonly T[]) => all.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify(
    {
      containers: sorted(
        containers.map(({ Id, Name, RestartCount, State, HostConfig, Config, NetworkSettings }) => ({
          Id,
          Name,
          RestartCount,
          State,
          HostConfig,
          Config,
          NetworkSettings,
        })),
      ),
      networks: sorted(networks.map(({ Id, Name, Created }) => ({ Id, Name, Created }))),
      volumes: sorted((Volumes ?? []).map(({ Name, CreatedAt }) => ({ Name, CreatedAt }))),
      images: sorted(images.map(({ Id }) => Id)),
    },
    null,
    1,
  );
}

/** Requests that change nothing: reads, and execs that `lab verify` uses for probes in a container. */
const reading = /^(?:GET|HEAD) |^POST \S*\/containers\/[0-9a-f]{64}\/exec$|^POST \S*\/exec\/[0-9a-f]{64}\/start$/;

/** The steps that a file's tests have performed, as `lab/step`. */
export const followed = new Set<string>();

/** Runs the commands in order. After each, `lab verify` must list exactly the steps in `passes`, including the step `at`. */
export async function follow(
  me: Learner,
  engine: Engine,
  typed: readonly (readonly [line: string, at: string, passes: readonly string[]])[],
) {
  for (const [line, at, passes] of typed) {
    await me.type(line);
    const before = await projectState(engine, me.name);
    me.requests.length = 0;
    const { exitCode, stdout, stderr } = await me.verify();
    followed.add(at);
    const found = passingSteps(stdout);
    const detail = found.join() === passes.join() ? '' : (await me.verify([at])).stdout;
    assert.equal(found, passes, `${line}\n${stdout}${stderr}${detail}`);
    assert.ok(passes.includes(at));
    // one look cannot show all steps of a stack
    assert.is(exitCode, 1);
    assert.is(await projectState(engine, me.name), before, `${line}: lab verify changed something`);
    assert.ok(me.requests.length > 0, `${line}: no request seen`);
    assert.equal(
      me.requests.filter((request) => !reading.test(request)),
      [],
      line,
    );
  }
}
