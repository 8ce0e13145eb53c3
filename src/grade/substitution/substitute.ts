import type { StackSpec } from '../../lab/stack.ts';
import { assignRoles } from '../roles/assign-roles.ts';
import { writeFiles } from '../sandbox/submission-files.ts';
import type { Evidence } from './evidence.ts';
import type { Part } from './part.ts';
import { type Project, type Reference, replacePart } from './replace.ts';

/** A part to replace. */
export interface Substitution {
  readonly part: Part;
  readonly reference: Reference;
  /** The port on which the app was seen to accept connections. */
  readonly appPort?: number;
}

/** Replaces a part of a submission that was just unpacked to the folder `dir`, absolute: of its stack, and of its files there. */
export async function substitute(
  project: Project,
  { part, reference, appPort }: Substitution,
  dir: string,
): Promise<Pick<Project, 'stack' | 'spec'>> {
  const stack = replacePart(part, { ...project, ...(appPort === undefined ? {} : { appPort }) }, reference);
  await writeFiles(dir, stack.files ?? {});
  return { stack, spec: part === 'conf' ? confSpec({ ...project, stack }, dir, appPort) : project.spec };
}

/** The proxy's ports are those of its new configuration. */
function confSpec({ stack, names, spec }: Project, dir: string, appPort: number | undefined): StackSpec {
  const roles = assignRoles(spec, stack, dir, names);
  if (!roles.ok) return spec;
  const upstream = spec.proxy?.upstream ?? '';
  const app = roles.spec.services[upstream];
  if (!app || appPort === undefined) return roles.spec;
  return { ...roles.spec, services: { ...roles.spec.services, [upstream]: { ...app, port: appPort } } };
}

/** The port on which the app was seen to accept connections: the expected one, if it is among them. */
export function appPortOf({ services }: Evidence, { proxy, services: specs }: StackSpec): number | undefined {
  const open = services[proxy?.upstream ?? '']?.ports?.open ?? [];
  const expected = specs[proxy?.upstream ?? '']?.port;
  return expected !== undefined && open.includes(expected) ? expected : open[0];
}
