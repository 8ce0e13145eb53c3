/** What a lab means by a service, whatever the Compose file calls it. */
export type Role = 'flask' | 'redis' | 'client' | 'nginx';

/** A folder with a Compose file, and everything about it that may differ: names, port, where probes are sent from. */
export interface StackSpec {
  /** Below `assets/<tutorial>/`. */
  readonly dir: string;
  readonly services: Readonly<Partial<Record<Role, string>>>;
  /** The port that the app listens on, inside. */
  readonly appPort: number;
  /** Roles whose image is built from the stack's own folder: role → build folder. */
  readonly builds: Readonly<Partial<Record<Role, string>>>;
  /** The role that probes of the app and of DNS are sent from. */
  readonly probeFrom: Role;
  readonly published?: { readonly role: Role; readonly containerPort: number; readonly hostPort: number };
  /** Paths below the stack's folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What a step's `run` acts on. Every command is shown exactly as it is run. */
export interface Stack {
  readonly spec: StackSpec;
  /**
   * Run Compose in the stack's folder: `` stack.compose`up -d --scale ${flask}=3` ``. Values are quoted for the shell.
   * Throws `LabError` (E_COMMAND_FAILED, with Compose's last words) unless it exits 0.
   */
  compose(pieces: TemplateStringsArray, ...values: (string | number)[]): Promise<void>;
  /** `pull` what is absent and not built here, in the words of the Compose at hand. */
  pull(): Promise<void>;
  /** Requests from the host to the published port, as `count` times `curl`. */
  curl(count: number): Promise<void>;
}
