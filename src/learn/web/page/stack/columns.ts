import type { Picture, ServicePicture } from '../../picture/picture.ts';

/** The services from left to right: those that send requests, those that answer them, and those behind. No column is empty. */
export function columnsOf(picture: Picture): readonly (readonly ServicePicture[])[] {
  const { services } = picture;
  const front = services.filter((service) => isFront(picture, service));
  const rest = services.filter((service) => !front.includes(service));
  const answering = answersOf(picture, rest);
  const columns = [front, answering, rest.filter((service) => !answering.includes(service))];
  return columns.filter((column) => column.length > 0);
}

function isFront({ proxy, services }: Picture, { name, role, published }: ServicePicture): boolean {
  if (proxy) return name === proxy.service || (name !== proxy.upstream && role === 'client');
  // where everything is published, nothing is in front of the others
  return (
    role === 'client' ||
    (published !== undefined && services.some((other) => other.published === undefined && other.role !== 'client'))
  );
}

function answersOf({ proxy }: Picture, rest: readonly ServicePicture[]): readonly ServicePicture[] {
  const upstream = rest.filter(({ name }) => name === proxy?.upstream);
  if (upstream.length > 0) return upstream;
  const several = rest.filter(({ replicas }) => replicas.length > 1);
  return several.length > 0 ? several : rest.slice(0, Math.ceil(rest.length / 2));
}
