import type { Picture } from '../../picture/picture.ts';
import { useLanguage } from '../state/use-page.ts';
import { curveBetween, pathOf } from './geometry.ts';
import { boxOf, type Layout } from './layout.ts';

/** Networks as areas, and the connections that are known: published ports, and replicas that the proxy reached. */
export function Ground({ picture, layout, unit }: { readonly picture: Picture; readonly layout: Layout; readonly unit: number }) {
  const { words } = useLanguage();
  return (
    <svg class="ground" width={layout.width} height={layout.height} aria-hidden="true">
      {layout.areas.map(({ id, name, internal, boxes, lane }) =>
        boxes.map((box) => (
          <g key={`${id} ${box.x} ${box.y}`} class={`area lane-${lane % 4}`}>
            <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={10 * unit} />
            <text x={box.x + 10 * unit} y={box.y + 15 * unit}>
              {clipped(internal ? words.internalNetwork(name) : words.network(name), box.width / unit - 20)}
            </text>
          </g>
        )),
      )}
      {edgesOf(picture, layout).map(({ key, path }) => (
        <path key={key} class="edge" d={path} />
      ))}
    </svg>
  );
}

/** A text that fits in this width, in 16ths of the size of type: an estimate that is on the safe side. */
function clipped(text: string, width: number): string {
  let used = 0;
  for (let at = 0; at < text.length; at++) {
    used += text.charCodeAt(at) > 0x2e80 ? 12.5 : 7.7;
    if (used > width) return `${text.slice(0, Math.max(0, at - 1))}…`;
  }
  return text;
}

function edgesOf({ services, proxy }: Picture, layout: Layout) {
  const edge = (key: string, from: string, to: string) => {
    const [start, end] = [boxOf(layout, from), boxOf(layout, to)];
    return start && end ? [{ key, path: pathOf(curveBetween(start, end)) }] : [];
  };
  const published = services
    .filter((service) => service.published !== undefined)
    .flatMap(({ replicas }) => replicas.flatMap(({ id, state }) => (state === 'running' ? edge(`host ${id}`, 'host', id) : [])));
  const senders = services.find(({ name }) => name === proxy?.service)?.replicas ?? [];
  const reached = Object.entries(proxy?.reached ?? {}).filter(([, count]) => count > 0);
  return [...published, ...senders.flatMap(({ id }) => reached.flatMap(([to]) => edge(`${id} ${to}`, id, to)))];
}
