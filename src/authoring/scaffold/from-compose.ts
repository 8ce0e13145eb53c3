import { stringify } from 'yaml';
import type { ComposeFile, ComposeService } from '../../formats/compose-file.ts';
import { filled } from '../../formats/interpolate.ts';

/** A service as a new tutorial describes it. */
interface Described {
  readonly role: string;
  readonly name: string;
  readonly count: number;
  readonly port?: number;
  readonly build?: string;
  readonly healthy: boolean;
  readonly published?: { readonly inside: number; readonly host: number; readonly variable?: string };
}

/** Those of the stack's `.env`. */
type Variables = Readonly<Record<string, string>>;

/** Keys of a service that the scaffold reads. */
type Service = ComposeService & {
  readonly ports?: readonly unknown[];
  readonly expose?: readonly (string | number)[];
  readonly healthcheck?: { readonly disable?: boolean } | null;
  readonly profiles?: readonly string[];
  readonly scale?: number;
  readonly deploy?: { readonly replicas?: number; readonly mode?: string } | null;
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string } | null>> | readonly string[];
};

/**
 * The Markdown of a tutorial for an existing stack: its front matter, and a first lab that starts and removes it. `id`: of the tutorial; `dir`: the folder of
 * the stack; `env`: the variables of its `.env`.
 */
export function tutorialFor(
  file: ComposeFile,
  { id, dir, env = {} }: { readonly id: string; readonly dir: string; readonly env?: Variables },
): string {
  const services = Object.entries(file.services as Readonly<Record<string, Service | null>>);
  const jobs = completed(services);
  const described = services
    .filter(([, service]) => (service?.profiles ?? []).length === 0)
    .map(([name, service]) => describe(name, service ?? {}, env));
  const staying = described.filter(({ name }) => !jobs.has(name));
  const front = described.find(({ published }) => published);
  const matter = {
    id,
    stacks: {
      [id]: {
        dir,
        services: Object.fromEntries(
          services.map(([name, service]) => [roleOf(name), inMatter(describe(name, service ?? {}, env))]),
        ),
        ...(front?.published
          ? {
              published: {
                of: front.role,
                port: front.published.inside,
                on: front.published.host,
                ...(front.published.variable === undefined ? {} : { variable: front.published.variable }),
              },
            }
          : {}),
      },
    },
  };
  const checks = [
    ...staying.map(({ role, count }) => `- replicas: { of: ${role}, count: ${count} }`),
    ...(front && staying.includes(front) ? [`- published: ${front.role}`] : []),
    ...staying.filter(({ healthy }) => healthy).map(({ role }) => `- healthy: ${role}`),
  ];
  const [first] = staying;
  return `---
${stringify(matter, { flowCollectionPadding: true }).trimEnd()}
---
# ${id}

What a learner learns from it, in a few sentences.

## Start and remove

### Start the stack

\`up\` creates a network and the containers, and \`--wait\` returns when they run (and are healthy, where they have a health check). See [compose.yaml](${dir}/compose.yaml).

> Start the stack, and wait until it runs.

\`\`\`sh run
docker compose up -d --wait
\`\`\`

\`\`\`yaml check
${checks.join('\n')}
\`\`\`

\`\`\`yaml hints
- One command starts everything in compose.yaml.
- It keeps the terminal unless it runs in the background, and it can wait.
\`\`\`
${first ? mistakes(first) : ''}
### Remove the stack

\`down\` removes the containers and the network. Volumes remain, unless it is told to remove them: \`-v\`.

> Remove the containers and the network.

\`\`\`sh run
docker compose down
\`\`\`

\`\`\`yaml check
- removed: { networks: true }
\`\`\`

\`\`\`yaml hints
- One command undoes what \`up\` did.
- It also removes the network, unlike \`stop\` and \`rm\`.
\`\`\`

\`\`\`yaml mistakes
- id: only-stopped
  what: Stopped the containers, and did not remove them
  before: docker compose up -d --wait
  run: docker compose stop
  fails: containers-are-gone
  says: exited
\`\`\`
`;
}

const mistakes = ({ role, name, count }: Described): string => `
\`\`\`yaml mistakes
- id: ${role}-not-started
  what: Created the containers, and did not start them
  run: docker compose create
  fails: ${role}-has-${count}-replica${count === 1 ? '' : 's'}
  says: created
- id: ${role}-stopped
  what: Stopped ${name} after the start
  run: |
    docker compose up -d --wait
    docker compose stop ${name}
  fails: ${role}-has-${count}-replica${count === 1 ? '' : 's'}
  says: exited
\`\`\`
`;

function describe(name: string, service: Service, env: Variables): Described {
  const { build } = service;
  const folder = typeof build === 'string' ? build : build?.context;
  const published = (service.ports ?? []).map((port) => publishedBy(port, env)).find((one) => one !== undefined);
  const exposed = Number(String(service.expose?.[0] ?? '').split('/')[0]);
  const port = published?.inside ?? (exposed > 0 ? exposed : undefined);
  return {
    role: roleOf(name),
    name,
    count: service.deploy?.replicas ?? service.scale ?? 1,
    healthy: service.healthcheck !== undefined && service.healthcheck !== null && service.healthcheck.disable !== true,
    ...(port === undefined ? {} : { port }),
    ...(folder === undefined ? {} : { build: folder.replace(/^\.\/(?=.)/, '').replace(/\/$/, '') }),
    ...(published ? { published } : {}),
  };
}

/** The fields that differ from what the front matter assumes. */
const inMatter = ({ role, name, port, build }: Described): object => ({
  ...(role === name ? {} : { name }),
  ...(port === undefined ? {} : { port }),
  ...(build === undefined ? {} : { build }),
});

/** The role that a service gets by its name: of `a-z0-9-`. */
export const roleOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'service';

/** A port of `ports` on the host: a number, or the default of a variable (docs.docker.com/reference/compose-file/services/#ports). */
function publishedBy(port: unknown, env: Variables): Described['published'] {
  if (typeof port === 'object' && port !== null) {
    const { target, published } = port as { target?: unknown; published?: unknown };
    return published === undefined ? undefined : hostPort(String(published), Number(target), env);
  }
  const [, host, inside] = /^(?:[\d.]+:|\[[^\]]*\]:)?(\d+|\$\{[^}]+\}|\$\w+):(\d+)(?:\/tcp)?$/.exec(String(port)) ?? [];
  return host === undefined ? undefined : hostPort(host, Number(inside), env);
}

function hostPort(written: string, inside: number, env: Variables): Described['published'] {
  const [, variable] = /^\$(?:\{(\w+)[^}]*\}|(\w+))$/.exec(written)?.filter((one) => one !== undefined) ?? [];
  const host = filled(written, env);
  if (variable !== undefined) return /^\d+$/.test(host) ? { inside, host: Number(host), variable } : undefined;
  return /^\d+$/.test(written) && inside > 0 ? { inside, host: Number(written) } : undefined;
}

/** Services that others wait for to complete: they do not keep running. */
const completed = (services: readonly (readonly [string, Service | null])[]): ReadonlySet<string> =>
  new Set(
    services.flatMap(([, service]) =>
      Object.entries(service?.depends_on ?? {}).flatMap(([name, one]) =>
        typeof one === 'object' && one?.condition === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  );

/** A tutorial's Markdown with other labs: everything from its first heading of level 2 on is replaced. */
export function replaceLabs(source: string, labs: string): string {
  const at = source.search(/^## /m);
  return `${at < 0 ? `${source.trimEnd()}\n\n` : source.slice(0, at)}${labs.trimEnd()}\n`;
}
