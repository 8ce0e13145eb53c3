import { useEffect, useRef, useState } from 'preact/hooks';
import type { Picture, ReplicaPicture, ServicePicture } from '../../picture/picture.ts';
import type { Box } from './geometry.ts';
import type { Density, Layout } from './layout.ts';

export interface Leaving {
  readonly service: ServicePicture;
  readonly replica: ReplicaPicture;
  readonly box: Box;
  readonly density: Density;
}

const fadeMs = 450;

/** The replicas that are in the picture no more, for as long as they fade out. */
export function useLeaving(picture: Picture, layout: Layout): readonly Leaving[] {
  const before = useRef<ReadonlyMap<string, Leaving>>(new Map());
  const timer = useRef<number | undefined>(undefined);
  const [leaving, setLeaving] = useState<readonly Leaving[]>([]);
  useEffect(() => {
    const now = placesOf(picture, layout);
    const gone = [...before.current].filter(([id]) => !now.has(id)).map(([, one]) => one);
    before.current = now;
    if (gone.length === 0) return;
    setLeaving(gone);
    // the next removal replaces this one, so the list stays small
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setLeaving([]), fadeMs);
  }, [picture]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return leaving.filter(({ replica }) => !picture.services.some(({ replicas }) => replicas.some(({ id }) => id === replica.id)));
}

function placesOf({ services }: Picture, { cards }: Layout): ReadonlyMap<string, Leaving> {
  const places = new Map<string, Leaving>();
  for (const { service: name, replicas, density } of cards) {
    const service = services.find((one) => one.name === name);
    for (const { id, box } of replicas) {
      const replica = service?.replicas.find((one) => one.id === id);
      if (service && replica) places.set(id, { service, replica, box, density });
    }
  }
  return places;
}
