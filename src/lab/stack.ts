/** A service of a stack, as its Compose file has it. */
export interface ServiceSpec {
  /** Its name in the Compose file. */
  readonly name: string;
  /** The port that it listens on, inside. */
  readonly port?: number;
  /** The path that a request asks to see whether it is ready; left out: `/`. Any answer below 500 counts. */
  readonly readyPath?: string;
  /** The folder that its image is built from; left out: its image is pulled. */
  readonly build?: string;
  /** The variable of the Compose file that holds the tag of its image: a run gives it a tag of its own. */
  readonly imageVariable?: string;
}

/** A reverse proxy in front of replicas, and where its configuration is. */
export interface ProxySpec<R extends string = string> {
  readonly role: R;
  /** The role that it passes requests on to. */
  readonly upstream: R;
  /** The folder of its configuration in the container, and the files in it (shell patterns) that say where requests go. */
  readonly confDir: string;
  readonly confFiles: readonly string[];
  /** What a line of its log shows that it does not support, and another image of it may; undefined: nothing of the kind. */
  unsupportedIn?(line: string): UnsupportedFeature | undefined;
}

/** A word of a configuration, or the file of a module. */
export interface UnsupportedFeature {
  readonly name: string;
  /** The first version that has it; left out: any image may have it. */
  readonly since?: string;
  /** Every official image has it: only a stand-in does not. */
  readonly standInOnly?: boolean;
}

/**
 * A folder with a Compose file, and everything about it that may differ from stack to stack. A role (`R`) is what a lab means by a service,
 * whatever the Compose file calls it.
 */
export interface StackSpec<R extends string = string> {
  /** Its key in the tutorial's `stacks`. */
  readonly id: string;
  /** Below `assets/<tutorial>/`. */
  readonly dir: string;
  readonly services: Readonly<Record<R, ServiceSpec>>;
  /** The role that probes of services and of DNS are sent from. */
  readonly probeFrom: NoInfer<R>;
  readonly proxy?: ProxySpec<NoInfer<R>>;
  /** The port on the host, and the variable of the Compose file that holds it: a run uses another port where it is taken. */
  readonly published?: {
    readonly role: NoInfer<R>;
    readonly containerPort: number;
    readonly hostPort: number;
    readonly variable: string;
  };
  /** Paths below the stack's folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The names of a stack's services in the Compose file, by role. */
export type ServiceNames = Readonly<Record<string, string>>;

export const serviceNames = ({ services }: Pick<StackSpec, 'services'>): ServiceNames =>
  Object.fromEntries(Object.entries(services).map(([role, { name }]) => [role, name]));

/** The port that a role listens on: HTTP's where the stack names none. */
export const portOf = ({ services }: Pick<StackSpec, 'services'>, role: string): number => services[role]?.port ?? 80;

/** What a step's `run` acts on. Every command is shown exactly as it is run. */
export interface Stack<R extends string = string> {
  readonly spec: StackSpec<R>;
  /** A role's name in the Compose file. Throws LabError E_LAB_INVALID where the stack has no such role. */
  service(role: R): string;
  /**
   * Run Compose in the stack's folder: `` stack.compose`up -d --scale ${stack.service('web')}=3` ``. Values are quoted for the shell.
   * Throws `LabError` (E_COMMAND_FAILED, with Compose's last words) unless it exits 0.
   */
  compose(pieces: TemplateStringsArray, ...values: (string | number)[]): Promise<void>;
  /** `pull` what is absent and not built here, in the words of the Compose at hand. */
  pull(): Promise<void>;
  /** Requests from the host to the published port, as `count` times `curl`. */
  curl(count: number): Promise<void>;
}
