import type { Text } from '../../lab/text.ts';

/** Something wrong, as told by whoever found it. */
export interface Trouble {
  readonly message: Text;
  readonly hint: Text;
}

export interface Disk {
  readonly id: 'engine' | 'labwright';
  readonly path: string;
  readonly freeBytes: number;
}

/** What `lab doctor` found, as plain data. What hangs on an engine is left out without one. */
export interface HealthFacts {
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly engine:
    | {
        readonly state: 'answers';
        readonly kind: 'docker' | 'private';
        readonly version: string;
        readonly apiVersion: string;
        readonly host: string;
        /** Engine's clock minus ours. */
        readonly clockMs: number;
      }
    /** `lab run` will bring up the private engine. */
    | { readonly state: 'on demand' }
    | ({ readonly state: 'none' } & Trouble);
  /** Undefined: comes with the private engine. */
  readonly compose?: { readonly line: string; readonly version: string } | Trouble;
  readonly disks: readonly Disk[];
  /** The port that the tutorial publishes, and the variable of its Compose file for another one; left out: it publishes none. */
  readonly port?: { readonly number: number; readonly variable: string; readonly free: boolean };
  readonly networksLeft?: number;
  readonly images: { readonly needed: readonly string[]; readonly absent: readonly string[]; readonly buildable: boolean };
  /** `silence`: why it does not answer. */
  readonly registry: { readonly name: string; readonly silence?: string };
  readonly leftovers?: Leftovers | Trouble;
}

/** Counts. */
interface Leftovers {
  /** Runs that ended without removing what they made, and what they made. */
  readonly runs: number;
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  readonly images: number;
  /** Runs at work. */
  readonly underWay: number;
  /** Things of runs that are not in the journal. */
  readonly unknown: number;
}
