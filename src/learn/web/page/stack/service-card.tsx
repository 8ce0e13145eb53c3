import type { Picture, ServicePicture } from '../../picture/picture.ts';
import { useLanguage } from '../state/use-page.ts';
import { clockTime } from '../words/words.ts';
import type { Card } from './layout.ts';
import { linesOf, type ServiceLine } from './service-lines.ts';
import { countText } from './summary.ts';

interface ServiceCardProps {
  readonly picture: Picture;
  readonly service: ServicePicture;
  readonly card: Card;
}

export function ServiceCard({ picture, service, card: { box } }: ServiceCardProps) {
  const { words } = useLanguage();
  const style = { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` };
  return (
    <div class="card" style={style}>
      <p class="card-name">
        <strong class="clip" title={service.name}>
          {service.name}
        </strong>
        {service.replicas.length !== 1 && <span class="card-count">{countText(service, words)}</span>}
      </p>
      {linesOf(picture, service).map((line) => (
        <Line key={line.kind} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { readonly line: ServiceLine }) {
  const { words } = useLanguage();
  if (line.kind === 'published') return <p class="card-line clip">{words.port(line.port)}</p>;
  if (line.kind === 'dns')
    return (
      <p class="card-line clip" title={`${line.addresses.join('\n')}\n${words.dnsFrom(line.from, clockTime(line.at))}`}>
        {words.dns(line.addresses.length)}
      </p>
    );
  const counts = words.reached(line.known, line.proxy, line.reached);
  if (!line.stale) return <p class="card-line clip">{counts}</p>;
  return (
    <p class="card-stale" title={words.staleWhy(line.proxy, line.reached, line.known)}>
      <strong class="clip">⚠ {counts}</strong>
      <span>
        {words.stale}
        {words.colon}
        {words.staleWhy(line.proxy, line.reached, line.known)}
      </span>
    </p>
  );
}
