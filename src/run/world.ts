import type { EngineApi } from '../engine/api.ts';
import { type Changes, watchProject } from '../engine/events.ts';
import { containerLog, exec } from '../engine/exec.ts';
import { imageFacts, projectFacts } from '../engine/project.ts';
import type { ProjectFacts } from '../lab/facts.ts';
import type { StackSpec } from '../lab/tutorial.ts';
import type { World } from '../lab/world.ts';
import { ask } from '../probe/http.ts';
import type { Clock } from './clock.ts';
import { awaitHostFile, readHostFile } from './host-file.ts';
import type { View } from './settle.ts';

export interface Observed {
  readonly api: EngineApi;
  readonly project: string;
  readonly spec: StackSpec;
  readonly dir: string;
  readonly published: string;
  readonly clock: Clock;
  nonce(): string;
  imageOf(service: string): Promise<string>;
}

const probeMs = 15_000;
/** How long a line may be later than the answer that it is about. */
const logMs = 2000;

/** A stack's project as checks see it. */
export function observe(observed: Observed): View {
  const { api, project, clock, dir } = observed;
  return {
    watch: (): Promise<Changes> => watchProject(api, project),
    look: (): World => {
      let state: Promise<ProjectFacts> | undefined;
      return {
        project,
        spec: observed.spec,
        dir,
        published: observed.published,
        nonce: observed.nonce,
        imageOf: observed.imageOf,
        state: () => {
          state ??= projectFacts(api, project);
          return state;
        },
        image: (ref) => imageFacts(api, ref),
        exec: (id, script, timeoutMs = probeMs) => exec(api, id, script, timeoutMs),
        log: (id, until) =>
          containerLog(api, id, { lines: 2000, ...(until ? { until } : {}), timeoutMs: until ? logMs : probeMs }),
        request: (nonces, options) => ask(observed.published, nonces, options),
        file: (path, until) => (until ? awaitHostFile(dir, path, until, clock.after(logMs)) : readHostFile(dir, path)),
      };
    },
  };
}
