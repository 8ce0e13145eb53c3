/** Plain data about a project, as its engine reports it. Times are the engine's own, in ISO 8601. */

export interface Published {
  readonly containerPort: number;
  readonly hostIp: string;
  readonly hostPort: number;
}

export interface Mount {
  readonly type: string;
  /** The name of a volume. */
  readonly name?: string;
  readonly source: string;
  readonly destination: string;
  readonly writable: boolean;
}

interface Attachment {
  readonly networkId: string;
  /** IPv4; empty while the container is not running. */
  readonly address: string;
  readonly aliases: readonly string[];
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** One container of a project, running or not. */
export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly state: ContainerState;
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** What the last health check printed; omitted: nothing. */
  readonly healthOutput?: string;
  /** Why the engine could not start it; omitted: it could. */
  readonly startError?: string;
  /** The engine's health check command, run inside. */
  readonly healthcheck?: readonly string[];
  /** 0 while it runs. Omitted: it has ended, and Docker has no record of how. */
  readonly exitCode?: number;
  readonly outOfMemory: boolean;
  readonly restarts: number;
  readonly createdAt: string;
  readonly startedAt: string;
  /** Of its last end. Omitted: it has not ended yet, or Docker has no record of when. */
  readonly finishedAt?: string;
  readonly hostname: string;
  readonly image: string;
  readonly imageId: string;
  readonly init: boolean;
  /** Its environment names an HTTP proxy for programs inside; the hosts that they reach without it. Omitted: it names none. */
  readonly proxyExcept?: readonly string[];
  /** By the network's name on the engine. */
  readonly networks: Readonly<Record<string, Attachment>>;
  readonly published: readonly Published[];
  readonly mounts: readonly Mount[];
  /** The services that Compose waited for when it started it, and until when: `service_healthy`. Omitted: Compose did not record it. */
  readonly waitsFor?: Readonly<Record<string, string>>;
}

export interface Network {
  readonly id: string;
  /** The name on the engine: `project_key`, unless the file names it. */
  readonly name: string;
  /** The name in the Compose file: `default`, `backend`. */
  readonly key: string;
  readonly internal: boolean;
}

/** A named volume of a project. */
export interface Volume {
  /** The name on the engine: `project_key`, unless the file names it. */
  readonly name: string;
  /** The name in the Compose file: `data`. */
  readonly key: string;
}

/** A project's containers (without one-off ones) and networks. */
export interface ProjectFacts {
  readonly project: string;
  readonly replicas: readonly Replica[];
  readonly networks: readonly Network[];
}

export interface ImageFacts {
  readonly ref: string;
  /** Absent: the image does not exist on the engine. */
  readonly id?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Oldest first, one line per layer or setting, as the builder wrote it. */
  readonly history: readonly string[];
  /** Paths where the image declares a volume: without a mount there, the engine creates an anonymous one. */
  readonly volumes: readonly string[];
  readonly user: string;
}
