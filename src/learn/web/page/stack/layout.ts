import type { Picture, ServicePicture } from '../../picture/picture.ts';
import { type Area, areasOf } from './areas.ts';
import { columnsOf } from './columns.ts';
import type { Box } from './geometry.ts';
import { heightInLines, linesOf } from './service-lines.ts';
import { shapeOf } from './shape.ts';

/** Where everything of a picture is, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** This machine; omitted: nothing is published, and nothing that does not run was. */
  readonly host?: Box;
  readonly cards: readonly Card[];
  readonly areas: readonly Area[];
}

export interface Card {
  readonly service: string;
  readonly box: Box;
  readonly density: Density;
  readonly replicas: readonly { readonly id: string; readonly box: Box }[];
}

/** How much of a replica its box shows: with `tiny` only number, count and bar. */
export type Density = 'full' | 'compact' | 'tiny';

interface Space {
  readonly width: number;
  readonly height: number;
  /** Pixels per 16th of the size of type. */
  readonly unit: number;
}

const small = { margin: 10, gap: 6, pad: 10, name: 34, line: 19, least: 150 };
const manyReplicas = 6;
const boxes = {
  full: { height: 65, least: 128 },
  compact: { height: 46, least: 96 },
  tiny: { height: 32, least: 56 },
} as const;

/** Columns where there is space for them, else one below the other. Boxes get smaller if all of it can then be seen at once. */
export function layoutOf(picture: Picture, space: Space, shape = shapeOf(picture)): Layout {
  const columns = columnsOf(picture, shape);
  const hasHost = shape.published.length > 0;
  const lanes = Math.max(1, picture.networks.length);
  const { unit } = space;
  const gapX = Math.min(72, Math.max(30, space.width / unit / 18)) * unit;
  const hostWidth = hasHost ? 92 * unit : 0;
  const free = space.width - 2 * (small.margin + 12) * unit - hostWidth - gapX * (columns.length - 1 + (hasHost ? 1 : 0));
  const isWide = free / Math.max(1, columns.length) >= small.least * unit;
  const parts = { ...space, gapX, hostWidth, lanes, free };
  if (!isWide) return inOneColumn(picture, columns.flat(), { ...parts, density: undefined, hasHost });
  const full = inColumns(picture, columns, { ...parts, density: 'full' });
  if (fits(full, space)) return full;
  const compact = inColumns(picture, columns, { ...parts, density: 'compact' });
  if (fits(compact, space)) return compact;
  const tiny = inColumns(picture, columns, { ...parts, density: 'tiny' });
  return fits(tiny, space) ? tiny : inColumns(picture, columns, { ...parts, density: undefined });
}

const fits = ({ height }: Layout, space: Space): boolean => height <= space.height + 1;

interface Parts extends Space {
  readonly gapX: number;
  readonly hostWidth: number;
  readonly lanes: number;
  readonly free: number;
  /** Undefined: by the number of replicas. */
  readonly density: Density | undefined;
}

/** The space above a card for the names of networks. */
const laneHeight = ({ lanes, unit }: Parts): number => (12 + 20 * lanes) * unit;

function inColumns(picture: Picture, columns: readonly (readonly ServicePicture[])[], parts: Parts): Layout {
  const { unit, gapX, hostWidth, free } = parts;
  const weights = columns.map((column) => Math.max(...column.map(({ replicas }) => weightOf(replicas.length))));
  const sum = weights.reduce((one, other) => one + other, 0);
  const widths = weights.map((weight) => Math.min((free * weight) / sum, (weight > 1 ? 560 : 270) * unit));
  const used =
    widths.reduce((one, other) => one + other, 0) + gapX * (columns.length - 1) + (hostWidth > 0 ? hostWidth + gapX : 0);
  const left = Math.max((small.margin + 12) * unit, (parts.width - used) / 2);
  const above = laneHeight(parts);
  const sizes = columns.map((column, at) => column.map((service) => cardSize(picture, service, widths[at] ?? 0, parts)));
  const heights = sizes.map((cards) => cards.reduce((all, { height }) => all + height + above, 0));
  const tallest = Math.max(0, ...heights);
  const height = Math.max(tallest + 2 * small.margin * unit + 8 * unit, parts.height);
  let x = left + (hostWidth > 0 ? hostWidth + gapX : 0);
  const cards = columns.flatMap((column, at) => {
    let y = (height - (heights[at] ?? 0)) / 2 + above - 6 * unit;
    const placed = column.map((service, row) => {
      const size = sizes[at]?.[row] ?? noSize;
      const card = placedCard(service, { x, y, width: widths[at] ?? 0, height: size.height }, size, unit);
      y += size.height + above;
      return card;
    });
    x += (widths[at] ?? 0) + gapX;
    return placed;
  });
  const host = { x: left, y: height / 2 - 40 * unit, width: hostWidth, height: 80 * unit };
  return {
    width: parts.width,
    height,
    ...(hostWidth > 0 ? { host } : {}),
    cards,
    areas: areasOf(picture, cards, unit),
  };
}

const weightOf = (replicas: number): number => (replicas > 12 ? 2.5 : replicas > manyReplicas ? 1.8 : replicas > 1 ? 1.25 : 1);

function inOneColumn(
  picture: Picture,
  services: readonly ServicePicture[],
  parts: Parts & { readonly hasHost: boolean },
): Layout {
  const { unit } = parts;
  const edge = (small.margin + 14) * unit;
  const width = Math.min(parts.width - 2 * edge, 520 * unit);
  const x = (parts.width - width) / 2;
  const host = { x, y: small.margin * unit, width, height: 36 * unit };
  const above = laneHeight(parts);
  let y = parts.hasHost ? host.y + host.height + 4 * unit : 0;
  const cards = services.map((service) => {
    const size = cardSize(picture, service, width, parts);
    y += above;
    const card = placedCard(service, { x, y, width, height: size.height }, size, unit);
    y += size.height;
    return card;
  });
  return {
    width: parts.width,
    height: Math.max(y + (small.margin + 14) * unit, parts.height),
    ...(parts.hasHost ? { host } : {}),
    cards,
    areas: areasOf(picture, cards, unit),
  };
}

interface CardSize {
  readonly height: number;
  readonly head: number;
  readonly perRow: number;
  readonly replica: number;
  readonly density: Density;
}
const noSize: CardSize = { height: 0, head: 0, perRow: 1, replica: 0, density: 'full' };

function cardSize(picture: Picture, service: ServicePicture, width: number, { unit, density: wanted }: Parts): CardSize {
  const count = service.replicas.length;
  // a single replica has space enough
  const density = count === 1 ? 'full' : (wanted ?? (count > manyReplicas ? 'compact' : 'full'));
  const least = boxes[density].least * unit;
  const inner = width - 2 * small.pad * unit;
  const perRow = Math.max(1, Math.min(count, Math.floor((inner + small.gap * unit) / (least + small.gap * unit))));
  const replica = boxes[density].height * unit;
  const rows = Math.ceil(count / perRow);
  const head = (small.name + small.line * heightInLines(linesOf(picture, service))) * unit;
  const body = count === 0 ? small.line * unit : rows * (replica + small.gap * unit) - small.gap * unit;
  return { height: head + body + (small.pad + 4) * unit, head: head + 4 * unit, perRow, replica, density };
}

function placedCard({ name, replicas }: ServicePicture, box: Box, size: CardSize, unit: number): Card {
  const gap = small.gap * unit;
  const width = (box.width - 2 * small.pad * unit - gap * (size.perRow - 1)) / size.perRow;
  const sorted = [...replicas].sort((one, other) => one.number - other.number);
  return {
    service: name,
    box,
    density: size.density,
    replicas: sorted.map(({ id }, at) => ({
      id,
      box: {
        x: box.x + small.pad * unit + (at % size.perRow) * (width + gap),
        y: box.y + size.head + Math.floor(at / size.perRow) * (size.replica + gap),
        width,
        height: size.replica,
      },
    })),
  };
}

/** The box of a container, or of this machine; undefined: it is not in the picture. */
export function boxOf({ host, cards }: Layout, id: string): Box | undefined {
  if (id === 'host') return host;
  for (const { replicas } of cards) for (const one of replicas) if (one.id === id) return one.box;
  return undefined;
}
