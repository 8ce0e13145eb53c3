import { ask } from '../checks/evidence/http.ts';
import { containerLog } from '../docker/api/container-log.ts';
import type { EngineApi } from '../docker/api/engine-api.ts';
import { exec } from '../docker/api/exec.ts';
import { type ExecRecorder, pastExecs } from '../docker/api/exec-events.ts';
import { type Changes, watchProject } from '../docker/api/project-events.ts';
import { imageFacts, projectFacts, projectVolumes } from '../docker/api/project-facts.ts';
import { surroundings } from '../docker/surroundings.ts';
import type { ProjectFacts } from '../lab/facts.ts';
import type { StackSpec } from '../lab/stack.ts';
import type { Traces, World } from '../lab/world.ts';
import { awaitHostFile, listHostFolder, readHostFile, realPathOf } from '../platform/host-file.ts';
import type { Clock } from './clock.ts';
import type { View } from './poll-checks.ts';
import { publishedAddress } from './published-address.ts';

export interface Observed {
  readonly api: EngineApi;
  readonly project: string;
  readonly spec: StackSpec;
  readonly dir: string;
  readonly clock: Clock;
  /**
   * Recorder that has listened to the project since before its containers existed; omitted: the engine is queried for the
   * commands that it remembers.
   */
  readonly recorder?: ExecRecorder;
  /** Omitted: the stack is our own. */
  readonly traces?: Traces;
  /** See `World`. */
  readonly live?: true;
  nonce(): string;
  imageOf(service: string): Promise<string>;
}

const probeMs = 15_000;
/** How long a log line may be delayed after its answer. */
const logMs = 2000;

/** A stack's project as checks observe it. */
export function observe(observed: Observed): View {
  const { api, project, clock, dir } = observed;
  return {
    watch: (): Promise<Changes> => watchProject(api, project),
    look: (): World => {
      let state: Promise<ProjectFacts> | undefined;
      const known = () => {
        state ??= projectFacts(api, project);
        return state;
      };
      const run: World['exec'] = (id, script, timeoutMs = probeMs, alone) => exec(api, id, script, timeoutMs, alone);
      return {
        project,
        spec: observed.spec,
        around: surroundings(api, project),
        ...(observed.traces ? { traces: observed.traces } : {}),
        ...(observed.live ? { live: observed.live } : {}),
        dir,
        nonce: observed.nonce,
        imageOf: observed.imageOf,
        state: known,
        volumes: () => projectVolumes(api, project),
        time: async () => (await api.get<{ SystemTime: string }>('/info')).SystemTime,
        image: (ref) => imageFacts(api, ref),
        probe: run,
        exec: run,
        execs: async (since) => {
          if (observed.recorder) return observed.recorder.execs(since);
          const started = (await known()).replicas.filter((one) => one.startedAt === since).map((one) => one.id);
          return pastExecs(api, project, { since, started, timeoutMs: probeMs });
        },
        log: (id, options = {}) => containerLog(api, id, { lines: 2000, ...options, timeoutMs: options.until ? logMs : probeMs }),
        request: async (nonces, options) => {
          const front = publishedAddress(await known(), observed.spec, api.endpoint);
          if (front) observed.traces?.add(nonces.length);
          return front ? ask(front, nonces, options) : nonces.map((nonce) => ({ nonce, status: 0, address: '', body: '' }));
        },
        realPath: realPathOf,
        folder: (path) => listHostFolder(dir, path),
        file: (path, { until, tail } = {}) =>
          until ? awaitHostFile(dir, path, until, clock.after(logMs), tail) : readHostFile(dir, path, tail),
      };
    },
  };
}
