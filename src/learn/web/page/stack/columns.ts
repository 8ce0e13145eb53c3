import type { Picture, ServicePicture } from '../../picture/picture.ts';
import type { Shape } from './shape.ts';

/** The services from left to right: those that send requests, those that answer them, and those behind. No column is empty. */
export function columnsOf({ services }: Picture, shape: Shape): readonly (readonly ServicePicture[])[] {
  const front = services.filter((service) => isFront(services, service, shape));
  const rest = services.filter((service) => !front.includes(service));
  const answering = answersOf(rest, shape);
  const columns = [front, answering, rest.filter((service) => !answering.includes(service))];
  return columns.filter((column) => column.length > 0);
}

function isFront(services: Picture['services'], { name, role }: ServicePicture, { proxy, published }: Shape): boolean {
  if (proxy) return name === proxy.service || (name !== proxy.upstream && role === 'client');
  // where everything is published, nothing is in front of the others
  return (
    role === 'client' ||
    (published.includes(name) && services.some((other) => !published.includes(other.name) && other.role !== 'client'))
  );
}

function answersOf(rest: readonly ServicePicture[], { proxy }: Shape): readonly ServicePicture[] {
  const upstream = rest.filter(({ name }) => name === proxy?.upstream);
  if (upstream.length > 0) return upstream;
  const several = rest.filter(({ replicas }) => replicas.length > 1);
  return several.length > 0 ? several : rest.slice(0, Math.ceil(rest.length / 2));
}
