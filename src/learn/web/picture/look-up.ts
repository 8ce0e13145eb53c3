import { readAddresses, resolveScript } from '../../../checks/evidence/probe-scripts.ts';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import { exec } from '../../../docker/api/exec.ts';
import { LabError } from '../../../lab/error.ts';
import type { Replica } from '../../../lab/facts.ts';
import { type PictureState, serviceOf } from './state.ts';

/** A script of several lookups has 2 s for each name server that does not answer. */
const lookUpMs = 4000;

export interface LookedUp {
  /** The service in which it was looked up. */
  readonly from: string;
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

/** Looks names of services up from containers, and remembers which of these cannot. */
export class LookUp {
  readonly #api: EngineApi;
  readonly #unable = new Set<string>();

  constructor(api: EngineApi) {
    this.#api = api;
  }

  /** The addresses of each service that runs, as one container sees them. No answers: no container can. */
  async ask(state: PictureState): Promise<LookedUp> {
    for (const one of prober(state)) {
      const names = namesIn(state, one);
      if (names.length === 0 || this.#unable.has(one.id)) continue;
      const answers = await this.#askFrom(one, names);
      if (answers) return { from: one.service, answers };
    }
    return { from: '', answers: {} };
  }

  /** Undefined: this container cannot, because it has no shell or none of the tools, or because it has ended. */
  async #askFrom({ id }: Replica, names: readonly string[]): Promise<LookedUp['answers'] | undefined> {
    try {
      // scripts that are requested at the same moment share one exec
      const results = await Promise.all(names.map((name) => exec(this.#api, id, resolveScript(name), lookUpMs)));
      const isUnable = results.some(({ exitCode }) => exitCode === 126 || exitCode === 127);
      if (isUnable) this.#unable.add(id);
      const found = names.flatMap((name, at) => {
        const result = results[at];
        return result?.exitCode === 0 ? [[name, readAddresses(result)] as const] : [];
      });
      return isUnable ? undefined : Object.fromEntries(found);
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'E_PROBE') throw error;
      return undefined;
    }
  }
}

/** The services that share a network with a container. Docker's DNS would ask name servers on the Internet for any other name. */
function namesIn({ facts }: PictureState, inside: Replica): string[] {
  const own = Object.keys(inside.networks);
  const near = facts.replicas.filter((one) => one.state === 'running' && own.some((name) => name in one.networks));
  return [...new Set(near.map(({ service }) => service))].filter((name) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)).sort();
}

/** The running containers: first those of the role that sends probes, then those with the most networks. */
function prober({ spec, facts }: PictureState): Replica[] {
  const first = serviceOf(spec, spec.probeFrom);
  const rank = (one: Replica) => (one.service === first ? 1000 : 0) + Object.keys(one.networks).length;
  return facts.replicas.filter((one) => one.state === 'running').sort((a, b) => rank(b) - rank(a));
}
