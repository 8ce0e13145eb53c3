/** A submission's stack as it is allowed to run: what the policy lets through, in one form each. Paths are below the submission's folder, with `/`, without `..`. */
export interface NormalStack {
  readonly services: Readonly<Record<string, NormalService>>;
  readonly networks: Readonly<Record<string, { readonly internal: boolean }>>;
  /** Plain named volumes. */
  readonly volumes: readonly string[];
}

export interface NormalBuild {
  /** A folder; '.' is the submission's own. */
  readonly context: string;
  /** Below the context. */
  readonly dockerfile: string;
  /** The Dockerfile's text as it is to be built: images replaced by those that stand for them. */
  readonly dockerfileText: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly origin: BuildOrigin;
}

/** Where a build's Dockerfile comes from: what a message about it names. */
export interface BuildOrigin {
  /** Below the submission's folder. */
  readonly file: string;
  /** For each line of `dockerfileText`, the line of `file` that its instruction starts at; 0 for a line of ours. */
  readonly lines: readonly number[];
  /** The images of FROM that others are used in place of, by the line of `file`. */
  readonly replaced: Readonly<Record<number, ReplacedImage>>;
}

/** An image that the submission names, and the one that is used in its place. */
export interface ReplacedImage {
  readonly named: string;
  readonly used: string;
}

export type NormalMount =
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly type: 'volume'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly type: 'tmpfs'; readonly target: string };

export interface NormalHealthcheck {
  readonly disable?: boolean;
  readonly test?: readonly string[];
  readonly interval?: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly startPeriod?: string;
}

export interface NormalService {
  /** What stands for the image that the file names; left out where it is built. */
  readonly image?: string;
  /** The image that the file names, where `image` is another. */
  readonly named?: string;
  readonly build?: NormalBuild;
  /** Null: as the image has it. */
  readonly command: readonly string[] | string | null;
  readonly entrypoint: readonly string[] | string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly expose: readonly string[];
  /** By the network's key, `default` among them where the file names none. */
  readonly networks: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly mounts: readonly NormalMount[];
  readonly dependsOn: Readonly<Record<string, 'service_started' | 'service_healthy' | 'service_completed_successfully'>>;
  readonly healthcheck?: NormalHealthcheck;
  readonly readOnly: boolean;
  readonly capDrop: readonly string[];
  readonly stdinOpen: boolean;
  readonly tty: boolean;
  /** Ports that the file would publish: nothing is published, but the checks judge what was meant. */
  readonly ports: readonly { readonly hostIp: string; readonly hostPort: number; readonly containerPort: number }[];
}
