import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Picture } from '../../picture/picture.ts';
import { unmeasuredSince } from '../state/page-state.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { clockTime } from '../words/words.ts';
import { Ground } from './areas-view.tsx';
import { DotLayer } from './dot-layer.ts';
import { type Layout, layoutOf } from './layout.ts';
import { Legend } from './legend.tsx';
import { ReplicaBox } from './replica-box.tsx';
import { ServiceCard } from './service-card.tsx';
import { type Shape, shapeOf } from './shape.ts';
import { SummaryTable } from './summary-table.tsx';
import { useLeaving } from './use-leaving.ts';
import { useSpace } from './use-space.ts';

export function StackPanel() {
  const { words } = useLanguage();
  const picture = usePage((state) => state.picture);
  const since = usePage(unmeasuredSince);
  const title = since === undefined ? words.pictureOf : words.pictureSince(clockTime(since));
  const scroller = useRef<HTMLDivElement>(null);
  const space = useSpace(scroller);
  return (
    <section class="panel stack" id="stack" data-region="stack" tabIndex={-1} aria-labelledby="stack-title">
      <header class="panel-head">
        <h2 id="stack-title" class={since === undefined ? undefined : 'unmeasured'}>
          {title}
        </h2>
        <Legend />
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div class="stack-scroll" ref={scroller} role="group" aria-label={words.stack} tabIndex={0}>
        {!picture && <p class="quiet middle">{words.noPicture}</p>}
        {picture?.services.length === 0 && <p class="quiet middle">{words.noServices}</p>}
        {picture && picture.services.length > 0 && space && (
          <Drawing picture={picture} space={space} live={since === undefined} />
        )}
        {picture && <SummaryTable picture={picture} title={title} />}
      </div>
    </section>
  );
}

interface DrawingProps {
  readonly picture: Picture;
  readonly space: { readonly width: number; readonly height: number; readonly unit: number };
  readonly live: boolean;
}

function Drawing({ picture, space, live }: DrawingProps) {
  const shape = useRef<Shape | undefined>(undefined);
  shape.current = shapeOf(picture, shape.current);
  const layout = layoutOf(picture, space, shape.current);
  const { words } = useLanguage();
  const leaving = useLeaving(picture, layout);
  const { host } = layout;
  return (
    <div
      class={live ? 'drawing' : 'drawing dim'}
      aria-hidden="true"
      style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
    >
      <Ground picture={picture} layout={layout} unit={space.unit} />
      {host && (
        <div
          class={`host${host.width > host.height * 2 ? ' flat' : ''}`}
          style={{ left: `${host.x}px`, top: `${host.y}px`, width: `${host.width}px`, height: `${host.height}px` }}
        >
          <svg viewBox="0 0 24 24" class="host-icon" aria-hidden="true">
            <path d="M4 5h16v11H4zM2 19h20" />
          </svg>
          <span>{words.machine}</span>
        </div>
      )}
      {layout.cards.map((card) => {
        const service = picture.services.find(({ name }) => name === card.service);
        return service && <ServiceCard key={card.service} picture={picture} service={service} card={card} />;
      })}
      {layout.cards.flatMap((card) => {
        const service = picture.services.find(({ name }) => name === card.service);
        return card.replicas.map(({ id, box }) => {
          const replica = service?.replicas.find((one) => one.id === id);
          return (
            service &&
            replica && (
              <ReplicaBox key={id} service={service} replica={replica} box={box} density={card.density} leaving={false} />
            )
          );
        });
      })}
      {leaving.map(({ service, replica, box, density }) => (
        <ReplicaBox key={`gone ${replica.id}`} service={service} replica={replica} box={box} density={density} leaving />
      ))}
      <Dots layout={layout} />
    </div>
  );
}

function Dots({ layout }: { readonly layout: Layout }) {
  const { requests } = useSession();
  const root = useRef<SVGGElement>(null);
  const [layer, setLayer] = useState<DotLayer>();
  useEffect(() => {
    if (!root.current) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const made = new DotLayer(root.current, () => still.matches);
    setLayer(made);
    const unsubscribe = requests.subscribe((seen) => made.add(seen));
    return () => {
      unsubscribe();
      made.stop();
    };
  }, [requests]);
  useLayoutEffect(() => layer?.place(layout), [layer, layout]);
  return (
    <svg class="dots" width={layout.width} height={layout.height} aria-hidden="true">
      <g ref={root} />
    </svg>
  );
}
