import type { StackSpec } from '../../lab/stack.ts';
import type { StackMatter } from './front-matter.ts';

/** A stack as its front matter describes it. */
export function stackOf(id: string, matter: StackMatter): StackSpec {
  const services = Object.fromEntries(
    Object.entries(matter.services).map(([role, given]) => {
      const { name = role, port, ready, build, images } = given ?? {};
      const imageVariable = given?.['image-variable'];
      const portVariable = given?.['port-variable'];
      return [
        role,
        {
          name,
          ...(port === undefined ? {} : { port }),
          ...(ready === undefined ? {} : { readyPath: ready }),
          ...(build === undefined ? {} : { build }),
          ...(imageVariable === undefined ? {} : { imageVariable }),
          ...(portVariable === undefined ? {} : { portVariable }),
          ...(images === undefined ? {} : { families: images }),
        },
      ];
    }),
  );
  const { published, proxy, files } = matter;
  return {
    id,
    dir: matter.dir,
    services,
    probeFrom: matter['probe-from'] ?? Object.keys(services)[0] ?? '',
    ...(published
      ? {
          published: {
            role: published.of,
            containerPort: published.port,
            hostPort: published.on,
            ...(published.variable === undefined ? {} : { variable: published.variable }),
          },
        }
      : {}),
    ...(proxy
      ? {
          proxy: { role: proxy.role, upstream: proxy.upstream, confDir: proxy['conf-dir'], confFiles: proxy['conf-files'] },
        }
      : {}),
    ...(files ? { files } : {}),
  };
}
