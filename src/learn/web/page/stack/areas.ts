import type { Picture } from '../../picture/picture.ts';
import { around, type Box, inflated, overlap } from './geometry.ts';

/** A network: one box around its services, or one around each, where the one would cover a service that is not in it. */
export interface Area {
  readonly id: string;
  readonly name: string;
  readonly internal: boolean;
  readonly boxes: readonly Box[];
  /** Its place among the networks, from 0: it chooses colour and line. */
  readonly lane: number;
}

export function areasOf(
  picture: Picture,
  cards: readonly { readonly service: string; readonly box: Box }[],
  unit: number,
): readonly Area[] {
  const lanes = picture.networks.length;
  return picture.networks.flatMap(({ id, name, internal }, lane) => {
    const members = new Set(picture.services.filter((service) => isIn(service, id)).map((service) => service.name));
    const inside = cards.filter(({ service }) => members.has(service)).map(({ box }) => box);
    if (inside.length === 0) return [];
    const outside = cards.filter(({ service }) => !members.has(service)).map(({ box }) => box);
    // the later a network is, the closer its border is to the cards, so that borders and names do not cover each other
    const pad = (5 + 3.5 * Math.min(3, lanes - 1 - lane)) * unit;
    const above = (4 + 20 * (lanes - lane)) * unit;
    const whole = inflated(around(inside), pad, above);
    const boxes = outside.some((box) => overlap(whole, box)) ? inside.map((box) => inflated(box, pad, above)) : [whole];
    return [{ id, name, internal, boxes, lane }];
  });
}

/** The networks of a service are those of its containers. */
const isIn = ({ replicas }: Picture['services'][number], network: string): boolean =>
  replicas.some(({ addresses }) => addresses[network] !== undefined);
