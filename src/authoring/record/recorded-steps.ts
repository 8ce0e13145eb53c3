import type { ProjectFacts, Replica } from '../../lab/facts.ts';
import { roleOf } from '../scaffold/from-compose.ts';

/** A command that the author typed, and the project when the shell was ready for the next one. */
export interface Recorded {
  readonly line: string;
  readonly exitCode: number;
  readonly after: ProjectFacts;
}

/** A step as it is written: its commands, and the checks that became true. */
export interface RecordedStep {
  readonly title: string;
  readonly commands: readonly string[];
  /** Items of a ` ```yaml check ` block. */
  readonly checks: readonly string[];
}

/** Commands that only show something. */
const shows =
  /^(?:ls|cd|pwd|cat|less|head|tail|grep|clear|history|echo|exit|man|vi|vim|nano|code)\b|^docker (?:compose )?(?:ps|logs|images|inspect|config|version|help)\b/;

/**
 * The steps of a recording: one for each command that changed the project, or that asked something of it. A command that failed, or only shows something, is
 * left out. `published`: the port of the host that the stack publishes.
 */
export function stepsOf(before: ProjectFacts, commands: readonly Recorded[], published?: number): RecordedStep[] {
  const steps: RecordedStep[] = [];
  let last = before;
  commands.forEach(({ line, exitCode, after }, at) => {
    const was = last;
    last = after;
    if (exitCode !== 0 || shows.test(line)) return;
    const next = commands[at + 1]?.after ?? after;
    const checks = [...changes(was, after, next), ...asked(line, published)];
    if (checks.length === 0) return;
    steps.push({ title: titleOf(line), commands: [line], checks });
  });
  return steps;
}

/** What became true from one state to the next. `soon`: the state after the command that followed, in which a health check may have passed. */
function changes(was: ProjectFacts, is: ProjectFacts, soon: ProjectFacts): string[] {
  if (was.replicas.length > 0 && is.replicas.length === 0)
    return [
      is.networks.length === 0 ? 'removed: { networks: true }' : 'removed',
      ...(is.networks.length > 0 ? ['network-remains'] : []),
    ];
  if (is.replicas.length > 0 && is.replicas.every((one) => one.state === 'exited') && was.replicas.some(isRunning))
    return ['stopped'];
  const services = [...new Set(is.replicas.map(({ service }) => service))].sort();
  const changed = services.filter((service) => keyOf(was, service) !== keyOf(is, service));
  const running = (facts: ProjectFacts, service: string) =>
    facts.replicas.filter((one) => one.service === service && isRunning(one));
  const checks = changed.flatMap((service) => {
    const role = roleOf(service);
    const now = running(is, service);
    const isNew = running(was, service).length === 0;
    return [
      `replicas: { of: ${role}, count: ${now.length} }`,
      ...(isNew && now.some((one) => one.published.length > 0) ? [`published: ${role}`] : []),
      ...(now.length > 0 && isHealthy(running(soon, service)) ? [`healthy: ${role}`] : []),
    ];
  });
  const untouched = services.filter((service) => !changed.includes(service) && running(is, service).length > 0);
  return changed.length === 0 ? [] : [...checks, ...untouched.map((service) => `untouched: ${roleOf(service)}`)];
}

const isRunning = (one: Replica): boolean => one.state === 'running';
const isHealthy = (replicas: readonly Replica[]): boolean =>
  replicas.length > 0 && replicas.every(({ health }) => health === 'healthy');

/** What distinguishes a service's containers from those before. */
const keyOf = ({ replicas }: ProjectFacts, service: string): string =>
  replicas
    .filter((one) => one.service === service)
    .map((one) => `${one.id} ${one.state} ${one.startedAt}`)
    .sort()
    .join('\n');

/** What a command asked of the stack: a page of the published port, or a command in a container. */
function asked(line: string, published: number | undefined): string[] {
  const [, port, path = '/'] = /\bcurl\b.*\b(?:localhost|127\.0\.0\.1):(\d+)(\/[^\s'";|)]*)?/.exec(line) ?? [];
  if (published !== undefined && Number(port) === published) return [`http: { path: ${path} }`];
  const [, service = '', run] = /^docker compose exec (?:-T )?(\S+) ([^<>|]+)/.exec(line) ?? [];
  return run === undefined ? [] : [`exec: { in: ${roleOf(service)}, run: ${JSON.stringify(run.trim())} }`];
}

/** `docker compose up -d --scale web=3` is "Up web=3": something for the author to replace. */
function titleOf(line: string): string {
  const words = line
    .replace(/^docker compose /, '')
    .split(/\s+/)
    .filter((word) => !word.startsWith('-'));
  const title = words
    .slice(0, 4)
    .join(' ')
    .replace(/[^\w.:= /-]/g, '');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** The steps as Markdown, below the heading of a lab. IDs are made of the titles: equal ones get a number. */
export function renderSteps(steps: readonly RecordedStep[]): string {
  const used = new Map<string, number>();
  return steps
    .map(({ title, commands, checks }) => {
      const times = (used.get(title) ?? 0) + 1;
      used.set(title, times);
      return `### ${times === 1 ? title : `${title} ${times}`}

What happens, and why.

> What to do, not how.

\`\`\`sh run
${commands.join('\n')}
\`\`\`

\`\`\`yaml check
${checks.map((check) => `- ${check}`).join('\n')}
\`\`\`

\`\`\`yaml hints
- A vague hint.
- A hint that names the command.
\`\`\`
`;
    })
    .join('\n');
}
