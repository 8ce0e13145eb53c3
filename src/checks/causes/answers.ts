import { posix } from 'node:path';
import type { Replica } from '../../lab/facts.ts';
import { portOf } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { Answer, World } from '../../lab/world.ts';
import { namedIn } from '../evidence/sample.ts';
import { portsIn } from '../evidence/sockets.ts';
import { runningOf, runningProxies, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { byTime } from '../start-order.ts';
import { appErrorCause, listeningCause, settingLines } from './app.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, readComposeSource } from './compose-source.ts';
import { explainReplicas } from './containers.ts';
import { outdatedCause } from './outdated.ts';
import {
  confFault,
  listenCause,
  otherConfCause,
  preferenceFault,
  readProxyConf,
  rewriteFault,
  staleConfCause,
} from './proxy-conf.ts';
import { startsAll } from './start-error.ts';

/** What the checks that request something know. */
type Asked = StackFacts & { readonly answers?: readonly Answer[]; readonly throughProxy?: true };

const logLines = 80;

/** Why an app does not answer as it should: directly, or through the proxy. */
export const explainAnswers =
  (role: string) =>
  async (world: World, facts: Asked): Promise<Cause | undefined> => {
    const compose = await readComposeSource(world);
    const app = runningOf(facts, role)[0];
    if (!app) return explainReplicas(role, 1)(world);
    const { proxy } = facts;
    const through = facts.throughProxy === true && proxy !== undefined;
    const front = runningProxies(facts)[0];
    if (through && !front) return explainReplicas(proxy, 1)(world);
    const command = startsAll(app.service, runningOf(facts, role).length);
    const old = await outdatedCause(world, compose, app, command);
    if (old) return { ...old, withoutLog: true };
    const fails = !facts.answers || facts.answers.length === 0 || facts.answers.some(({ status }) => status !== 200);
    const ofProxy =
      front && (through || !facts.answers) ? await explainProxy(world, facts, { front, app, compose, fails }) : undefined;
    if (ofProxy || !fails) return ofProxy;
    const lines = compose ? await settingLines(world, compose, app.service) : [];
    const ports = await portsIn(world, app);
    const listening = ports && listeningCause({ service: app.service, port: portOf(world.spec, role), ports, lines, command });
    return (listening && { ...listening, withoutLog: true }) ?? explainError(world, facts, { app, compose, command });
  };

interface Through {
  readonly front: Replica;
  readonly app: Replica;
  readonly compose: ComposeSource | undefined;
  /** A request was not answered with 200. */
  readonly fails: boolean;
}

async function explainProxy(world: World, facts: Asked, { front, app, compose, fails }: Through): Promise<Cause | undefined> {
  const conf = await readProxyConf(world, front);
  if (!conf) return fails ? undefined : notMounted(world, facts, front);
  const stale = await staleConfCause(world, front, conf);
  if (stale) return stale;
  const other = await otherConfCause(world, front, conf);
  if (other) return other;
  const rewrite = corrected(rewriteFault(world.spec, conf), front.service);
  if (!fails)
    return rewrite ?? corrected(preferenceFault(world.spec, facts, conf), front.service) ?? strangeName(facts, front, app);
  if (rewrite && facts.answers?.some(({ status }) => status === 200)) return rewrite;
  const listen = listenCause(world.spec, facts, conf, compose);
  if (listen) return listen;
  const ports = (await portsIn(world, app))?.open ?? [];
  const fault = confFault(world.spec, facts, conf, { log: [], ports });
  if (fault) return corrected(fault, front.service);
  return facts.answers ? earlierAddress(facts, front, app) : undefined;
}

/** A line of the proxy's configuration that changes answers, keeps them, or does not log them. */
export async function explainRewrite(world: World, facts: StackFacts): Promise<Cause | undefined> {
  const front = runningProxies(facts)[0];
  const conf = front && (await readProxyConf(world, front));
  return conf && corrected(rewriteFault(world.spec, conf), front.service);
}

/** Why a proxy does not pass each request on, evenly: another configuration, or a line of it that answers by itself or chooses. */
export async function explainPassing(world: World, facts: StackFacts): Promise<Cause | undefined> {
  const front = runningProxies(facts)[0];
  const conf = front && (await readProxyConf(world, front));
  if (!conf) return undefined;
  return (
    (await otherConfCause(world, front, conf)) ??
    corrected(rewriteFault(world.spec, conf), front.service) ??
    corrected(preferenceFault(world.spec, facts, conf), front.service)
  );
}

/** No file of the project is mounted as the proxy's configuration, and none of the app's replicas answers. */
function notMounted(world: World, facts: Asked, front: Replica): Cause | undefined {
  const { confDir = '' } = world.spec.proxy ?? {};
  if (facts.answers?.some(({ body }) => namedIn(facts.replicas, body))) return undefined;
  const names = { front: front.service, dir: confDir };
  return causeWith(
    names,
    [
      "no file of this folder is mounted below {dir} of {front}: this is the page of its image's own configuration",
      '{front} 的 {dir} 沒有掛載這個資料夾的檔案：這是映像檔自己的設定所顯示的頁面',
    ],
    [
      'mount the configuration under `volumes:` of {front}, then docker compose up -d',
      '請在 {front} 的 `volumes:` 掛載設定檔，再執行 docker compose up -d',
    ],
  );
}

/** The proxy changes no answer, so the app gave the name that no replica has. */
function strangeName(facts: Asked, front: Replica, app: Replica): Cause | undefined {
  const hostnames = new Set(facts.replicas.map(({ hostname }) => hostname));
  const shared = facts.replicas.filter(({ service }) => service === app.service).length > hostnames.size;
  if (shared || !facts.answers?.some(({ body }) => !namedIn(facts.replicas, body))) return undefined;
  const names = { front: front.service, app: app.service };
  return causeWith(
    names,
    [
      '{front} passes the answers on unchanged: the app in {app} gives a name that no container has',
      '{front} 沒有改寫回應：{app} 的應用程式回應的名稱不屬於任何容器',
    ],
    ['the app must answer with its own hostname: socket.gethostname()', '應用程式必須以自己的主機名稱回應：socket.gethostname()'],
  );
}

/** A line of the proxy's configuration to correct. */
const corrected = (fault: { readonly place: string; readonly text: Text } | undefined, front: string): Cause | undefined =>
  fault && {
    text: fault.text,
    help: textWith(
      'correct {place}, then docker compose restart {front}',
      '請修正 {place}，再執行 docker compose restart {front}',
      { place: fault.place, front },
    ),
  };

/** The proxy keeps the address that the app had when the proxy started. */
function earlierAddress(facts: Asked, front: Replica, app: Replica): Cause | undefined {
  if (!facts.answers?.some(({ status }) => status >= 502 || status === 0) || byTime(front.startedAt, app.startedAt) > 0)
    return undefined;
  const names = { front: front.service, app: app.service };
  return causeWith(
    names,
    [
      '{app} was started again after {front}, which still uses the address that {app} had before',
      '{app} 在 {front} 之後又重新啟動，而 {front} 使用的仍是 {app} 先前的位址',
    ],
    [
      'let {front} look the name up again: docker compose restart {front}',
      '讓 {front} 重新查詢名稱：docker compose restart {front}',
    ],
  );
}

async function explainError(
  world: World,
  facts: Asked,
  { app, compose, command }: { readonly app: Replica; readonly compose: ComposeSource | undefined; readonly command: string },
): Promise<Cause | undefined> {
  const folder = compose?.buildOf(app.service)?.context;
  const [log, names] = await Promise.all([
    world.log(app.id, { lines: logLines, since: app.startedAt }),
    folder === undefined ? [] : world.folder(folder),
  ]);
  return appErrorCause({
    ...facts,
    ...(compose ? { compose } : {}),
    replica: app,
    log: log.split('\n').filter((line) => line.trim() !== ''),
    ...(folder === undefined ? {} : { built: { folder: posix.normalize(folder), names } }),
    command,
  });
}

/** The proxy does not publish the port on which it listens; or, if it listens on none (`silentMs`), its configuration names what it cannot find. */
export const explainPublished =
  (role: string) =>
  async (world: World, facts: StackFacts & { readonly silentMs?: number }): Promise<Cause | undefined> => {
    const front = runningOf(facts, role)[0];
    const conf = front && (await readProxyConf(world, front));
    if (!conf) return undefined;
    if (facts.silentMs !== undefined) return corrected(confFault(world.spec, facts, conf, { log: [], ports: [] }), front.service);
    return listenCause(world.spec, facts, conf, await readComposeSource(world));
  };
