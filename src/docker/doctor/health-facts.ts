import type { Text } from '../../lab/text.ts';

/** A problem, as reported where it was found. */
export interface Trouble {
  readonly message: Text;
  readonly hint: Text;
}

export interface Disk {
  readonly id: 'engine' | 'labwright';
  readonly path: string;
  readonly freeBytes: number;
}

/** What `lab doctor` found, as plain data. Fields that depend on an engine are absent without one. */
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
    /** `lab run` will start the private engine. */
    | { readonly state: 'on demand' }
    | ({ readonly state: 'none' } & Trouble);
  /** Undefined: part of the private engine. */
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
  /** Runs that ended without removing what they created, and what that is. */
  readonly runs: number;
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  readonly images: number;
  /** Active runs. */
  readonly underWay: number;
  /** Resources of runs that are not in the journal. */
  readonly unknown: number;
}
