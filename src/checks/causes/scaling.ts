import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import { nameOf, replicasOf, runningOf, type StackFacts } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText } from './compose-source.ts';
import { startsAll } from './start-error.ts';

export interface ScalingFacts extends StackFacts {
  readonly compose?: ComposeSource;
  /** The role in question, and how many replicas of it should run. */
  readonly role: string;
  readonly count: number;
  /** The role that the tutorial scales. */
  readonly app: string;
}

/** Why a service runs with another number of replicas than it should. Undefined: only the number was not given. */
export function scalingCause(facts: ScalingFacts): Cause | undefined {
  const { role, count, app } = facts;
  const running = runningOf(facts, role);
  const fixed = count > running.length ? fixedName(facts, running[0]) : undefined;
  if (fixed) return fixed;
  const other = Object.keys(facts.services).find((one) => one !== app && replicasOf(facts, one).length > 1);
  if (other === undefined || (role !== app && role !== other)) return undefined;
  const names = {
    other: nameOf(facts, other),
    app: nameOf(facts, app),
    count: replicasOf(facts, other).length,
    command: startsAll(nameOf(facts, app), role === app ? count : replicasOf(facts, other).length),
  };
  return causeWith(
    names,
    ['{other} was scaled to {count}; the service to scale is {app}', '被擴展為 {count} 個的是 {other}；要擴展的服務是 {app}'],
    ['`up` sets {other} back to one: {command}', '`up` 會把 {other} 恢復成一個：{command}'],
  );
}

/** Compose does not scale a service with a fixed name. */
function fixedName(facts: ScalingFacts, replica: Replica | undefined): Cause | undefined {
  const service = nameOf(facts, facts.role);
  const written = facts.compose?.valueOf(service, 'container_name');
  if (facts.compose ? !written : !replica || !hasFixedName(facts.project, replica)) return undefined;
  const names = {
    service,
    name: written ? String(written.value) : (replica?.name ?? ''),
    place: facts.compose && written ? placeText(facts.compose.file, written.line) : 'compose.yaml',
    command: startsAll(service, facts.count),
  };
  return causeWith(
    names,
    [
      '`container_name: {name}` ({place}) allows one container of {service} only, and Compose refuses to scale it',
      '`container_name: {name}`（{place}）只允許一個 {service} 容器，所以 Compose 拒絕擴展',
    ],
    ['remove that line from {place}, then {command}', '請移除 {place} 的那一行，再執行 {command}'],
  );
}

/** Not a name that Compose gives: `project-service-1`, or `project_service_1` by Compose 1. */
export const hasFixedName = (project: string, replica: Replica): boolean =>
  !['-', '_'].some((joint) => replica.name.replace(/\d+$/, '').endsWith([project, replica.service, ''].join(joint)));
