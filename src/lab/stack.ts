import type { Text } from './text.ts';

/** A service of a stack, as its Compose file defines it. */
export interface ServiceSpec {
  /** Its name in the Compose file. */
  readonly name: string;
  /** The port that it listens on, inside. */
  readonly port?: number;
  /** The path of the request that tests whether it is ready; omitted: `/`. Any status below 500 counts. */
  readonly readyPath?: string;
  /** The folder that its image is built from; omitted: its image is pulled. */
  readonly build?: string;
  /** The environment variable that sets the port of the reference solution's service; omitted: its port cannot be changed. */
  readonly portVariable?: string;
  /** The variable of the Compose file that holds its image's tag: each run sets its own tag. */
  readonly imageVariable?: string;
  /**
   * Image names, without registry, path and tag, that identify this role in other people's projects (`redis` for
   * `docker.io/bitnami/redis:8`). Omitted: the role's image can be any other.
   */
  readonly families?: readonly string[];
}

/** What a proxy's configuration defines. */
export interface ProxyConf {
  /** The ports on which it accepts requests. */
  readonly listens: readonly number[];
  /** The hosts to which it passes requests. */
  readonly upstreams: readonly { readonly host: string; readonly port?: number }[];
  /** The paths of its access logs, in the container. */
  readonly accessLogs: readonly string[];
}

/** A path of the project that is mounted into a container. */
export interface BindMount {
  /** Below the project's folder. */
  readonly source: string;
  readonly target: string;
}

/** What the reference solution's configuration of the proxy is adapted to. */
export interface ConfTarget {
  /** The port on which it accepts requests. */
  readonly listen: number;
  /** Where it passes them to. */
  readonly host: string;
  readonly port: number;
  /** The path of the file in the container. */
  readonly path: string;
}

/** What is known about a project whose proxy configuration does not work. */
export interface ConfFacts {
  /** The proxy's own service. */
  readonly proxy: string;
  /** The service to pass requests to. */
  readonly upstream: string;
  /** The ports on which it accepts connections of other containers; empty: unknown. */
  readonly ports: readonly number[];
  /** The service that each name belongs to: names of services, and their aliases. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The name of the file, and the last lines of the proxy's log. */
  readonly file: string;
  readonly log: readonly string[];
}

export interface Reload {
  readonly signal: string;
  /** Whether a command line is that of a process that accepts connections. A reload replaces all of these. */
  accepts(commandLine: string): boolean;
}

/** A reverse proxy in front of replicas, and where its configuration is. */
export interface ProxySpec<R extends string = string> {
  readonly role: R;
  /** The role that it passes requests to. */
  readonly upstream: R;
  /** The folder of its configuration in the container, and the files there (shell patterns) that define where requests go. */
  readonly confDir: string;
  readonly confFiles: readonly string[];
  /** How it reads its configuration again, which takes less time than a new start; omitted: it is restarted. */
  readonly reload?: Reload;
  /** Reads the text of its configuration files; omitted: the configuration is no evidence of roles and ports. */
  readConf?(conf: string): ProxyConf;
  /** The reference solution's configuration for another project; omitted: it cannot be replaced. */
  writeConf?(to: ConfTarget): string;
  /** What is wrong in a configuration, as far as reading it and the log shows; undefined: nothing was found. */
  faultIn?(conf: string, facts: ConfFacts): { readonly line: number; readonly text: Text } | undefined;
  /** What in a configuration makes the proxy prefer one replica; undefined: nothing was found. */
  preferenceIn?(conf: string): { readonly line: number; readonly text: Text } | undefined;
  /** What in a configuration makes the proxy change, keep, replace or refuse answers, or log otherwise; undefined: nothing was found. */
  rewriteIn?(conf: string): { readonly line: number; readonly text: Text } | undefined;
  /** The configuration that a process's command line names in place of the usual one; undefined: none. */
  otherConfIn?(commandLine: string): string | undefined;
  /** The stack's `files` in a project that mounts them elsewhere; those that are where they should be can be omitted. */
  locateFiles?(mounts: readonly BindMount[], conf: ProxyConf | undefined): Readonly<Record<string, string>>;
  /** The feature that a log line reports as unsupported and that another image of the proxy may support; undefined: none. */
  unsupportedIn?(line: string): UnsupportedFeature | undefined;
}

/** A configuration directive, or a module's file. */
export interface UnsupportedFeature {
  readonly name: string;
  /** The first version that supports it; omitted: any image may. */
  readonly since?: string;
  /** Every official image supports it: only a stand-in does not. */
  readonly standInOnly?: boolean;
}

/**
 * An app that takes the place of a submission's, to show what the proxy does: it answers every request with status 200, its hostname, and a number that
 * nothing can predict. It prints `ready` when it accepts requests, and `served <number>` before each answer.
 */
export interface TrustedApp {
  readonly image: string;
  /** The program and its arguments, for the port to listen on. */
  command(port: number): readonly string[];
}

/**
 * A folder with a Compose file, and everything about it that may differ between stacks. A role (`R`) is what a lab calls a
 * service, whatever its name in the Compose file.
 */
export interface StackSpec<R extends string = string> {
  /** Its key in the tutorial's `stacks`. */
  readonly id: string;
  /** Below the tutorial's folder. */
  readonly dir: string;
  readonly services: Readonly<Record<R, ServiceSpec>>;
  /** The role that sends probes of services and of DNS. */
  readonly probeFrom: NoInfer<R>;
  readonly proxy?: ProxySpec<NoInfer<R>>;
  /**
   * The port on the host. A run uses another one if it is taken: by the variable of the Compose file that holds it, or by a change of its copy of the file.
   */
  readonly published?: {
    readonly role: NoInfer<R>;
    readonly containerPort: number;
    readonly hostPort: number;
    readonly variable?: string;
  };
  /** For graders: replaces the role that the proxy passes requests to. */
  readonly trusted?: TrustedApp;
  /** Paths below the stack's folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The names of a stack's services in the Compose file, by role. */
export type ServiceNames = Readonly<Record<string, string>>;

export const serviceNames = ({ services }: Pick<StackSpec, 'services'>): ServiceNames =>
  Object.fromEntries(Object.entries(services).map(([role, { name }]) => [role, name]));

/** The port that a role listens on: 80 if the stack specifies none. */
export const portOf = ({ services }: Pick<StackSpec, 'services'>, role: string): number => services[role]?.port ?? 80;

/** What a step's `run` acts on. Each command is displayed exactly as it is run. */
export interface Stack<R extends string = string> {
  readonly spec: StackSpec<R>;
  /** A role's name in the Compose file. Throws LabError E_LAB_INVALID if the stack has no such role. */
  service(role: R): string;
  /**
   * Runs Compose in the stack's folder: `` stack.compose`up -d --scale ${stack.service('web')}=3` ``. Values are quoted for the
   * shell. Throws `LabError` (E_COMMAND_FAILED, with the end of Compose's output) unless it exits 0.
   */
  compose(pieces: TemplateStringsArray, ...values: (string | number)[]): Promise<void>;
  /**
   * Runs one line of shell in the stack's folder: `shell('curl -sS localhost:8000')`. If the stack's published port was moved, `localhost:<port>` in it follows.
   * Throws `LabError` (E_COMMAND_FAILED) unless it exits 0.
   */
  shell(line: string): Promise<void>;
  /** `pull` of images that are absent and not built here, in the syntax of the installed Compose. */
  pull(): Promise<void>;
  /** Requests from the host to the published port, as `count` times `curl`. */
  curl(count: number): Promise<void>;
}
