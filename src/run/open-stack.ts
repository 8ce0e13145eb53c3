import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ask, getReady } from '../checks/evidence/http.ts';
import type { EngineApi } from '../docker/api/engine-api.ts';
import { watchProcessorUse } from '../docker/api/processor-use.ts';
import { imageFacts } from '../docker/api/project-facts.ts';
import { type Compose, composeLine } from '../docker/compose/compose.ts';
import { quote } from '../formats/quote.ts';
import { withoutControls } from '../formats/untrusted-text.ts';
import { isAtLeast } from '../formats/version.ts';
import { LabError } from '../lab/error.ts';
import type { Stack, StackSpec } from '../lab/stack.ts';
import { text } from '../lab/text.ts';
import { runLine, shellLine } from '../platform/shell.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Clock } from './clock.ts';
import { assertLoopback, atPublished } from './published-address.ts';
import type { CommandWatch } from './sequencer.ts';

export interface StackPlace {
  readonly api: EngineApi;
  readonly compose: Compose;
  readonly spec: StackSpec;
  readonly dir: string;
  /** The complete environment of its commands. */
  readonly env: Readonly<Record<string, string>>;
  /** The Compose project that the commands act on. */
  readonly project: string;
  /** `127.0.0.1:8000`; empty if the stack publishes nothing. */
  readonly published: string;
  readonly clock: Clock;
  /** The image of a service that is not built here. */
  imageOf(service: string): Promise<string>;
}

/** The time that a person needs to type the next command: a published port may take this long to answer. */
const typingMs = 10_000;
/** The same while a container uses the processor: an app that starts on a slow machine. */
const startingMs = 30_000;

/** A stack that runs the commands that a learner types. */
export function openStack(place: StackPlace, watch: CommandWatch, signal: AbortSignal): Stack {
  const { compose, spec, clock } = place;
  if (spec.published) void getReady();
  const v1 = compose.version.startsWith('1.');
  const run = async (line: string, started: string = line): Promise<void> => {
    const startedMs = clock.now();
    watch.started(line);
    const { exitCode, tail } = await runLine(started, { cwd: place.dir, env: place.env, signal, onLine: watch.output });
    watch.finished(line, exitCode, Math.round(clock.now() - startedMs));
    if (exitCode === 0) return;
    // a command fails if its engine disappears, often without a message
    await place.api.get('/version');
    throw classifyFailure(line, exitCode, tail);
  };
  const runCompose = (words: string): Promise<void> => {
    const { shown, started } = composeLine(compose, words);
    return run(shown, started);
  };
  // Compose 1 requests a terminal; Compose 2 detects that there is none.
  const adapted = (words: string) => (v1 ? words.replace(/^exec /, 'exec -T ') : words);

  return {
    spec,
    service: (role) => serviceNameOf(spec, role),
    compose: (pieces, ...values) => runCompose(adapted(shellLine(pieces, values))),
    shell: async (line) => {
      const [, words] = /^docker compose (.*)$/.exec(line) ?? [];
      if (words !== undefined && isOneCommand(words)) return runCompose(adapted(words));
      const moved = atPublished(line, spec, place.published);
      if (moved.asks) await answers(place, signal);
      return run(moved.line);
    },
    pull: async () => {
      const absent = await absentImages(place);
      // An older Compose would contact a registry for images that already exist, and fail without one.
      const all = pullsMissing(compose.version);
      if (all !== undefined) await runCompose(all);
      else if (absent.length > 0) await runCompose(`pull ${absent.map(quote).join(' ')}`);
      if (absent.length === 0)
        watch.note(text('every image is here already: there was nothing to pull', '所有映像檔都已存在，不需要下載'));
    },
    curl: async (count) => {
      assertLoopback(place.api.endpoint);
      await answers(place, signal);
      const url = `http://${place.published}/`;
      if (await onPath('curl', place.env)) return run(curlLine(url, count));
      // A minimal machine has no curl: the same requests are sent from here, and displayed as such.
      const startedMs = clock.now();
      const line = `GET ${url} × ${count}`;
      watch.started(line);
      const asked = Array.from({ length: count }, () => '');
      for (const { body } of await ask(place.published, asked, { keepAlive: false, path: '/' }))
        watch.output(withoutControls(body).trim(), 'stdout');
      watch.finished(line, 0, Math.round(clock.now() - startedMs));
    },
  };
}

/** Whether the shell would only split the words: no pipe, list, redirection or substitution outside of single quotes. */
const isOneCommand = (words: string): boolean => !/[|&;<>`$()\n]/.test(words.replace(/'[^']*'/g, ''));

/** The words that pull all images that are absent; undefined: this Compose has no `--policy missing` (2.22) and `--ignore-buildable` (2.15). */
export const pullsMissing = (version: string): string | undefined =>
  isAtLeast(version, '2.22') ? 'pull --ignore-buildable --policy missing' : undefined;

/** Requests, as a learner types them. */
export const curlLine = (url: string, count: number): string =>
  count === 1 ? `curl -sS ${url}` : `for i in $(seq ${count}); do curl -sS ${url}; done`;

/** A role's name in the Compose file. Throws LabError E_LAB_INVALID if the stack has no such role. */
export function serviceNameOf(spec: StackSpec, role: string): string {
  const service = spec.services[role];
  if (!service) throw noRole(spec, role);
  return service.name;
}

/** The services whose image is neither built here nor on the engine. */
async function absentImages({ api, spec, imageOf }: StackPlace): Promise<string[]> {
  const pulled = Object.values(spec.services).filter(({ build }) => build === undefined);
  const images = await Promise.all(
    pulled.map(async ({ name }) => ({ service: name, image: await imageFacts(api, await imageOf(name)) })),
  );
  return images.filter(({ image }) => !image.id).map(({ service }) => service);
}

/** Whether the stack's commands can run a program. */
const onPath = async (program: string, env: StackPlace['env']): Promise<boolean> => {
  const tries = (env['PATH'] ?? '').split(delimiter).map((dir) => access(join(dir, program), constants.X_OK));
  return (await Promise.allSettled(tries)).some((tried) => tried.status === 'fulfilled');
};

const noRole = ({ id, services }: StackSpec, role: string): LabError =>
  new LabError(
    'E_LAB_INVALID',
    text(`the stack ${id} has no role ${role}`, `stack ${id} 沒有角色 ${role}`),
    text(`its roles: ${Object.keys(services).join(', ')}`, `它的角色：${Object.keys(services).join('、')}`),
  );

/** The path to request through the published port: behind a proxy, that of the replicas. */
const readyPathOf = ({ services, proxy, published }: StackSpec): string =>
  services[proxy?.upstream ?? published?.role ?? '']?.readyPath ?? '/';

/** Waits until the published port answers: just after a start, it accepts connections that no process handles. */
async function answers({ api, project, spec, published, clock }: StackPlace, signal: AbortSignal): Promise<void> {
  const path = readyPathOf(spec);
  const [typed, started] = [clock.after(typingMs), clock.after(startingMs)];
  const isBusy = watchProcessorUse(api, project);
  while (!started.aborted) {
    signal.throwIfAborted();
    const [answer] = await ask(published, ['ready'], { keepAlive: false, path });
    if ((answer && answer.status !== 0) || (typed.aborted && !(await isBusy()))) return;
    await clock.wait(50);
  }
}
