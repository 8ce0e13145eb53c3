import type { Cause } from '../../lab/verdict.ts';
import { nameOf, runningOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import type { ComposeSource } from './compose-source.ts';

/** Whether the Compose file lets a service wait for another one. */
export function dependsOn(compose: ComposeSource | undefined, service: string, on: string): boolean {
  const value = compose?.valueOf(service, 'depends_on')?.value;
  return Array.isArray(value) ? value.includes(on) : typeof value === 'object' && value !== null && on in value;
}

/** Why `next` was started before `first`: nothing makes it wait, or `first` was started again. */
export function startOrderCause(
  facts: StackFacts,
  { first, next }: { readonly first: string; readonly next: string },
  compose: ComposeSource | undefined,
): Cause | undefined {
  const [one, two] = [runningOf(facts, first)[0], runningOf(facts, next)[0]];
  if (!compose || !one || !two) return undefined;
  const names = {
    first: nameOf(facts, first),
    next: nameOf(facts, next),
    place: compose.placeOf(nameOf(facts, next), 'depends_on'),
  };
  if (!dependsOn(compose, names.next, names.first))
    return causeWith(
      names,
      [
        '{next} ({place}) has no `depends_on: [{first}]`, and was started first',
        '{next}（{place}）沒有 `depends_on: [{first}]`，所以先啟動了',
      ],
      [
        'add `depends_on: [{first}]` to {next} ({place}), then docker compose up -d --force-recreate {next}',
        '請在 {next}（{place}）加上 `depends_on: [{first}]`，再執行 docker compose up -d --force-recreate {next}',
      ],
    );
  const isSameContainer = Date.parse(one.createdAt) < Date.parse(two.startedAt);
  return {
    text: isSameContainer
      ? textWith(
          '{first} was started again after {next}, as by `docker compose restart {first}`',
          '{first} 在 {next} 之後又重新啟動，例如執行了 `docker compose restart {first}`',
          names,
        )
      : textWith('{first} was recreated after {next} was started', '{next} 啟動之後，{first} 又重新建立', names),
    help: textWith(
      'start {next} after it: docker compose restart {next}',
      '請在它之後重新啟動 {next}：docker compose restart {next}',
      names,
    ),
  };
}
