import type { Picture } from '../../picture/picture.ts';

/** What decides where services are: which of them publish a port, and which passes requests to which. */
export interface Shape {
  readonly published: readonly string[];
  readonly proxy?: { readonly service: string; readonly upstream: string };
}

/**
 * The shape of a picture. What cannot be measured while no container of a service runs stays as it was before: a service that is restarted or removed keeps its
 * place.
 */
export function shapeOf({ services, proxy }: Picture, before: Shape = { published: [] }): Shape {
  const isDown = (name: string) =>
    services.some((one) => one.name === name && !one.replicas.some(({ state }) => state === 'running'));
  const isHere = (name: string) => services.some((one) => one.name === name);
  const published = services.filter(
    (one) => one.published !== undefined || (before.published.includes(one.name) && isDown(one.name)),
  );
  const last = before.proxy;
  const kept = last && isDown(last.service) && isHere(last.upstream) ? last : undefined;
  const now = proxy ? { service: proxy.service, upstream: proxy.upstream } : kept;
  return { published: published.map(({ name }) => name), ...(now ? { proxy: now } : {}) };
}
