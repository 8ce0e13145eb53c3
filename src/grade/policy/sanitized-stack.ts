/**
 * A submission's stack in the form in which it may run: what the policy permits, normalized. Paths are relative to the
 * submission's folder, with `/`, without `..`.
 */
export interface NormalStack {
  readonly services: Readonly<Record<string, NormalService>>;
  readonly networks: Readonly<Record<string, { readonly internal: boolean }>>;
  /** Plain named volumes. */
  readonly volumes: readonly string[];
  /** Files that have this text in place of the submission's own, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface NormalBuild {
  /** A folder; '.' is the submission's own. */
  readonly context: string;
  /** The folder, absolute, that contains the context instead of the submission's: the reference solution. */
  readonly from?: string;
  /** Path below the context. */
  readonly dockerfile: string;
  /** The Dockerfile's text to build: images replaced as the rubric defines. */
  readonly dockerfileText: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly origin: BuildOrigin;
}

/** The origin of a build's Dockerfile, for messages. */
export interface BuildOrigin {
  /** Path below the submission's folder. */
  readonly file: string;
  /** For each line of `dockerfileText`, the line of `file` where its instruction starts; 0 for a line that labwright added. */
  readonly lines: readonly number[];
  /** Replaced FROM images, by the line of `file`. */
  readonly replaced: Readonly<Record<number, ReplacedImage>>;
}

/** An image that the submission names, and the one that is used instead. */
export interface ReplacedImage {
  readonly named: string;
  readonly used: string;
  /** The image that is named could not be had; left out: the rubric replaces it. */
  readonly unavailable?: true;
}

export type NormalMount =
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** The container gets a copy of the whole folder, because other services use files of it that it could replace. */
      readonly copy?: true;
    }
  /** A file with this text. */
  | { readonly type: 'content'; readonly content: string; readonly target: string }
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

interface NormalPort {
  readonly hostIp: string;
  /** 0: any. */
  readonly hostPort: number;
  readonly containerPort: number;
  /** The file names a range of host ports, of which `hostPort` is the first: each replica can publish another one. */
  readonly oneOfSeveral?: true;
}

export interface NormalService {
  /** The image that is used for the one in the file; absent if it is built. */
  readonly image?: string;
  /** The image in the file, if `image` is another one. */
  readonly named?: string;
  /** The image in the file could not be had. */
  readonly unavailable?: true;
  readonly build?: NormalBuild;
  /** Null: as in the image. */
  readonly command: readonly string[] | string | null;
  readonly entrypoint: readonly string[] | string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly expose: readonly string[];
  /** By the network's key; `default` if the file names none. */
  readonly networks: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly mounts: readonly NormalMount[];
  readonly dependsOn: Readonly<Record<string, 'service_started' | 'service_healthy' | 'service_completed_successfully'>>;
  readonly healthcheck?: NormalHealthcheck;
  readonly readOnly: boolean;
  readonly capDrop: readonly string[];
  /** Of those that the grader grants, in its spelling. */
  readonly capAdd?: readonly string[];
  /** `name:address` */
  readonly extraHosts?: readonly string[];
  readonly stdinOpen: boolean;
  readonly tty: boolean;
  /** Ports that the file would publish: they are not published, but the checks judge them. */
  readonly ports: readonly NormalPort[];
}
