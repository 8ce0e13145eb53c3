/**
 * A part of a stack that can be replaced by the reference solution's: `conf` (the proxy's configuration), `networks` (of all services), or a role (the
 * service's whole definition, with its image or build).
 */
export type Part = string;

/** The parts that are no service. */
export const sharedParts: readonly Part[] = ['conf', 'networks'];
