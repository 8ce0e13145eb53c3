import type { Text } from './text.ts';

/** Every error that a user can get, with the program's exit code. src/cli/README.md has a line for each. */
export const errorCodes = {
  E_USAGE: 2,
  E_LAB_INVALID: 2,
  E_LAB_UNKNOWN: 2,
  E_RUBRIC_INVALID: 2,
  E_SUBMISSION: 2,
  E_PROJECT_UNKNOWN: 2,
  E_PROJECT_AMBIGUOUS: 2,
  E_PROJECT_INVALID: 2,
  E_ENGINE_UNREACHABLE: 3,
  E_ENGINE_UNSUPPORTED: 3,
  E_ENGINE_START: 3,
  E_ENGINE_LOST: 3,
  E_ENGINE_NEEDS: 3,
  E_ENGINE_DOWNLOAD: 3,
  E_ENGINE_PERMISSION: 3,
  E_ENGINE_API: 3,
  E_COMPOSE_MISSING: 3,
  E_COMMAND_FAILED: 3,
  E_DISK_FULL: 3,
  E_NETWORKS_FULL: 3,
  E_PORT_TAKEN: 3,
  E_IMAGE_MISSING: 3,
  E_IMAGE_RATE_LIMIT: 3,
  E_IMAGE_REFUSED: 3,
  E_IMAGE_BUILD: 3,
  E_IMAGE_FILE: 3,
  E_REGISTRY_UNREACHABLE: 3,
  E_QUEUE: 3,
  E_CLASS: 3,
  E_PROBE: 3,
  E_TIMEOUT: 3,
  E_STATE: 3,
  E_CONTROL: 3,
  E_CLEAN: 3,
  E_INTERRUPTED: 130,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** An error of ours or of the engine, shown as `error CODE: message` and `hint: …`. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: ErrorCode;
  readonly text: Text;
  readonly hint: Text;

  constructor(code: ErrorCode, message: Text, hint: Text, options: { cause?: unknown } = {}) {
    super(message.en, options);
    this.code = code;
    this.text = message;
    this.hint = hint;
  }

  get exitCode(): number {
    return errorCodes[this.code];
  }
}

// An error of another copy of this module counts too: tutorials outside the package load the public API, and the program is one bundle. Classes that extend
// it inherit the function, and are asked in the usual way.
Object.defineProperty(LabError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this !== LabError) return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
    return value instanceof Error && value.name === 'LabError' && 'code' in value && 'hint' in value;
  },
});
