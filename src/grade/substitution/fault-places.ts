import { posix } from 'node:path';
import { isProgram } from '../../checks/evidence/log-place.ts';
import type { Fault } from '../scoring/score.ts';
import type { SourcePlace } from '../types.ts';
import { type HandedIn, lineOfService } from './explain.ts';
import type { Project } from './replace.ts';

/** The files of a submission in which a mistake can be, the likeliest first. */
export type FaultPlaces = (fault: Fault) => readonly SourcePlace[];

/** A page that names more says nothing. */
const mostPlaces = 4;

/** The submission's configuration and program files for the parts of a fault; without parts, the entries of its roles in the Compose file. */
export function faultPlaces(
  { stack, names, confs }: Pick<Project, 'stack' | 'names' | 'confs'>,
  handedIn: HandedIn,
): FaultPlaces {
  const { composeFile, composeText, built } = handedIn;
  const entry = (role: string): SourcePlace => {
    const line = lineOfService(composeText, names[role] ?? role);
    return { file: composeFile, ...(line === undefined ? {} : { line }) };
  };
  const inPart = (part: string): SourcePlace[] => {
    if (part === 'conf') return confs.map(({ path }) => ({ file: path }));
    const name = names[part] ?? part;
    const build = stack.services[name]?.build;
    if (!build) return [entry(part)];
    const programs = (built[name] ?? []).filter(isProgram).map((file) => ({ file: posix.join(build.context, file) }));
    return programs.length > 0 ? programs : [{ file: build.origin.file }];
  };
  return ({ parts, roles }) => {
    const found = parts ? parts.flatMap(inPart) : roles.length > 0 ? roles.map(entry) : [{ file: composeFile }];
    const seen = new Map(found.map((place) => [`${place.file}:${place.line}`, place]));
    return [...seen.values()].slice(0, mostPlaces);
  };
}
