import { joinTexts, text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import { keysOf, listed, nameOf, replicasOf, type StackFacts, sameSet, textWith } from '../evidence/stack-facts.ts';
import type { ComposeSource } from './compose-source.ts';

/** The networks that the Compose file gives a service; undefined: it has a mode instead. */
export function writtenNetworks(compose: ComposeSource, service: string): string[] | undefined {
  if (compose.valueOf(service, 'network_mode')) return undefined;
  const value = compose.valueOf(service, 'networks')?.value;
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'object' && value !== null ? Object.keys(value) : ['default'];
}

/** Why services are on other networks than drawn: a line of the Compose file, or a container that was moved by hand. */
export function networksCause(
  facts: StackFacts,
  drawing: Readonly<Record<string, readonly string[]>>,
  compose: ComposeSource | undefined,
): Cause | undefined {
  if (!compose) return undefined;
  const lines: { place: string; service: string; keys: readonly string[] }[] = [];
  for (const [role, drawn] of Object.entries(drawing)) {
    const service = nameOf(facts, role);
    const odd = replicasOf(facts, role).find((one) => !sameSet(keysOf(facts, one), drawn));
    if (!odd || !compose.valueOf(service)) continue;
    const written = writtenNetworks(compose, service);
    const key = written ? 'networks' : 'network_mode';
    const place = compose.placeOf(service, key);
    if (written && sameSet(written, drawn)) return movedCause(place, { service, drawn, now: keysOf(facts, odd) });
    if (written && !sameSet(written, keysOf(facts, odd))) continue;
    lines.push({ place, service, keys: written ?? [String(compose.valueOf(service, key)?.value)] });
  }
  if (lines.length === 0) return undefined;
  const places = listed(lines.map(({ place }) => place));
  return {
    text: joinTexts(
      lines.map(({ place, service, keys }) =>
        textWith('{place} puts {service} on {keys}', '{place} 讓 {service} 連上 {keys}', { place, service, keys: listed(keys) }),
      ),
      text(', ', '，'),
    ),
    help: textWith('correct {places}, then docker compose up -d', '請修正 {places}，再執行 docker compose up -d', { places }),
  };
}

function movedCause(
  place: string,
  { service, drawn, now }: { readonly service: string; readonly drawn: readonly string[]; readonly now: readonly string[] },
): Cause {
  const names = {
    place,
    service,
    lost: listed(drawn.filter((key) => !now.includes(key))),
    more: listed(now.filter((key) => !drawn.includes(key))),
  };
  return {
    text: drawn.every((key) => now.includes(key))
      ? textWith(
          '{place} is right: the container was connected to {more} by hand (`docker network connect`)',
          '{place} 沒有錯：容器是手動連上 {more} 的（`docker network connect`）',
          names,
        )
      : textWith(
          '{place} is right: the container was disconnected from {lost} by hand (`docker network disconnect`)',
          '{place} 沒有錯：是手動中斷了容器與 {lost} 的連線（`docker network disconnect`）',
          names,
        ),
    help: textWith(
      'recreate it: docker compose up -d --no-deps --force-recreate {service}',
      '重新建立它：docker compose up -d --no-deps --force-recreate {service}',
      names,
    ),
  };
}
