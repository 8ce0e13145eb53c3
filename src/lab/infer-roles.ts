import { baseName } from '../formats/image-name.ts';
import type { BindMount, ProxyConf, ServiceNames, StackSpec } from './stack.ts';
import { joinTexts, type Text, text, verbatim } from './text.ts';

/** What a service of somebody's project is, as far as its files show. */
export interface ServiceClues {
  readonly name: string;
  /** The image that it names, or that its own image is built from; omitted: unknown. */
  readonly image?: string;
  /** The folder and Dockerfile of its build; omitted: its image is not built. */
  readonly build?: string;
  /** Services that it waits for. */
  readonly dependsOn: readonly string[];
  /** Its command and environment, in which it can name other services. */
  readonly settings: string;
  readonly published: readonly { readonly hostPort: number; readonly containerPort: number }[];
  /** Ports that it or its image exposes. */
  readonly exposed: readonly number[];
  readonly mounts: readonly BindMount[];
  /** The text of the proxy configuration that it mounts or builds in; omitted: none. */
  readonly conf?: string;
}

/** The roles of a project's services. */
export interface RolesFound {
  /** The service of each role; a role without a service keeps its expected name. */
  readonly names: ServiceNames;
  /** Roles whose service has the expected name, or an image of the role's own. */
  readonly certain: readonly string[];
  /** Roles that no service has. */
  readonly absent: readonly string[];
  /** For each role whose service has another name than expected: how it was recognized. */
  readonly evidence: Readonly<Record<string, Text>>;
  /** Roles that several services could have: the answer decides. */
  readonly questions: readonly RoleQuestion[];
}

export interface RoleQuestion {
  readonly role: string;
  readonly candidates: readonly string[];
}

/**
 * Determines which service has which role of a stack: by its image, by what the proxy passes requests to, by what it connects to, and by its name if it
 * has the expected one. `answers`: services that a person assigned to roles; a name that does not exist is ignored.
 */
export function inferRoles(spec: StackSpec, services: readonly ServiceClues[], answers: ServiceNames = {}): RolesFound {
  const search = new RoleSearch(spec, services, answers);
  const roles = Object.keys(spec.services);
  // families first: the app's role is what remains
  const ordered = [
    ...roles.filter((role) => spec.services[role]?.families),
    ...roles.filter((role) => !spec.services[role]?.families),
  ];
  for (const role of roles) search.byAnswer(role);
  for (const role of roles) search.byName(role);
  for (const role of ordered) search.byKind(role);
  search.byElimination();
  return search.result();
}

class RoleSearch {
  readonly #spec: StackSpec;
  readonly #services: readonly ServiceClues[];
  readonly #answers: ServiceNames;
  readonly #names = new Map<string, string>();
  readonly #certain = new Set<string>();
  readonly #evidence: Record<string, Text> = {};
  readonly #questions: RoleQuestion[] = [];

  constructor(spec: StackSpec, services: readonly ServiceClues[], answers: ServiceNames) {
    this.#spec = spec;
    this.#services = services;
    this.#answers = answers;
  }

  byAnswer(role: string): void {
    const answer = this.#answers[role];
    if (answer !== undefined && this.#free().some(({ name }) => name === answer)) this.#assign(role, answer, byAnswer);
  }

  /** A service with the expected name has the role, unless its image is another role's. */
  byName(role: string): void {
    const expected = this.#expected(role);
    const found = this.#free().find(({ name }) => name === expected);
    const of = found && this.#roleOfImage(found);
    if (!this.#names.has(role) && found && (of === undefined || of === role)) this.#assign(role, expected, byName);
  }

  byKind(role: string): void {
    if (this.#names.has(role)) return;
    const families = this.#spec.services[role]?.families;
    const own = this.#free().filter((one) => this.#roleOfImage(one) === (families ? role : undefined));
    const [first, ...others] = this.#likeliest(role, own.length > 0 ? own : this.#byUse(role));
    if (!first) return;
    if (others.some((one) => !isCopyOf(one, first)))
      this.#questions.push({ role, candidates: [first, ...others].map(({ name }) => name) });
    else this.#assign(role, first.name, families && own.length > 0 ? byImage(first) : this.#howFound(role, first));
  }

  /** Services of any other image: one that has a proxy's configuration is a proxy. */
  #byUse(role: string): ServiceClues[] {
    if (role !== this.#spec.proxy?.role) return [];
    return this.#free().filter((one) => one.conf !== undefined && this.#roleOfImage(one) === undefined);
  }

  /** The last free service has the last free role, if the role is to send or to pass on requests: any image can do that. */
  byElimination(): void {
    const roles = Object.keys(this.#spec.services).filter((role) => !this.#names.has(role));
    const [role, ...more] = roles;
    const [last, ...others] = this.#free().filter((one) => this.#roleOfImage(one) === undefined && one.build === undefined);
    const { proxy, probeFrom } = this.#spec;
    if (role === undefined || more.length > 0 || !last || others.length > 0 || this.#questions.length > 0) return;
    if (proxy ? role === proxy.role && last.published.length > 0 : role === probeFrom) this.#assign(role, last.name, remains);
  }

  result(): RolesFound {
    const roles = Object.keys(this.#spec.services);
    const open = new Set(this.#questions.map(({ role }) => role));
    return {
      names: Object.fromEntries(roles.map((role) => [role, this.#names.get(role) ?? this.#expected(role)])),
      certain: roles.filter((role) => this.#certain.has(role)),
      absent: roles.filter((role) => !this.#names.has(role) && !open.has(role)),
      evidence: this.#evidence,
      questions: this.#questions,
    };
  }

  #assign(role: string, name: string, why: Text): void {
    this.#names.set(role, name);
    if (name === this.#expected(role) || this.#services.some((one) => one.name === name && this.#roleOfImage(one) === role))
      this.#certain.add(role);
    if (name !== this.#expected(role)) this.#evidence[role] = why;
  }

  #expected(role: string): string {
    return this.#spec.services[role]?.name ?? role;
  }

  #free(): ServiceClues[] {
    const taken = new Set(this.#names.values());
    return this.#services.filter(({ name }) => !taken.has(name));
  }

  /** The role whose images include this service's image. */
  #roleOfImage({ image }: ServiceClues): string | undefined {
    if (image === undefined) return undefined;
    const family = baseName(image);
    return Object.entries(this.#spec.services).find(([, { families }]) => families?.includes(family))?.[0];
  }

  /** The candidates that most evidence supports. */
  #likeliest(role: string, candidates: readonly ServiceClues[]): ServiceClues[] {
    const scored = candidates.map((one) => ({ one, points: this.#points(role, one) }));
    const most = Math.max(...scored.map(({ points }) => points));
    return scored.filter(({ points }) => points === most).map(({ one }) => one);
  }

  #points(role: string, one: ServiceClues): number {
    const { proxy } = this.#spec;
    if (proxy?.role === role) return (one.published.length > 0 ? 2 : 0) + (one.conf === undefined ? 0 : 2);
    if (this.#spec.services[role]?.families) {
      const users = this.#services.filter((other) => other.name !== one.name && refersTo(other, one.name));
      return users.length > 0 ? 1 : 0;
    }
    return (this.#passedTo(one) ? 4 : 0) + (this.#usesStore(one) ? 2 : 0) + (one.build === undefined ? 0 : 1);
  }

  /** Whether the proxy's configuration passes requests to this service. */
  #passedTo({ name }: ServiceClues): boolean {
    const { proxy } = this.#spec;
    const confs = this.#services.flatMap(({ conf }) => (conf === undefined ? [] : [proxy?.readConf?.(conf)]));
    return confs.some((conf) => conf?.upstreams.some(({ host }) => host === name));
  }

  /** Whether this service refers to one that has a role by its image, other than the proxy. */
  #usesStore(one: ServiceClues): boolean {
    const stores = [...this.#names].filter(([role]) => role !== this.#spec.proxy?.role && this.#spec.services[role]?.families);
    return stores.some(([, store]) => refersTo(one, store));
  }

  #howFound(role: string, one: ServiceClues): Text {
    if (role === this.#spec.proxy?.role) return text('it has the configuration of the proxy', '它有代理伺服器的設定檔');
    if (this.#passedTo(one)) return text('the proxy passes requests to it', '代理伺服器把請求轉送給它');
    if (this.#usesStore(one)) return text('it connects to the service that stores the data', '它連線到儲存資料的服務');
    return remains;
  }
}

const remains = text('no other service can be it', '沒有其他服務可能是它');
const byName = text('it has this name', '名稱相同');
const byAnswer = text('assigned by the teacher', '由老師指定');
const byImage = ({ image = '' }: ServiceClues): Text =>
  text(`its image is ${baseName(image)}`, `它的映像檔是 ${baseName(image)}`);

const refersTo = (one: ServiceClues, other: string): boolean =>
  one.dependsOn.includes(other) || one.settings.split(/[^\w.-]+/).some((word) => word === other);

/** Copies of a service in place of replicas: the same image, settings and mounts under another name. */
const isCopyOf = (one: ServiceClues, other: ServiceClues): boolean =>
  one.build === other.build && one.image === other.image && one.dependsOn.join() === other.dependsOn.join();

/** The stack as a project defines it: its service names, ports and files in place of the tutorial's. */
export function stackAsFound(spec: StackSpec, services: readonly ServiceClues[], { names }: RolesFound): StackSpec {
  const cluesOf = (role: string) => services.find(({ name }) => name === names[role]);
  const { proxy, published } = spec;
  const front = proxy && cluesOf(proxy.role);
  const conf = front?.conf === undefined ? undefined : proxy?.readConf?.(front.conf);
  const upstream = proxy && cluesOf(proxy.upstream);
  const passed = conf?.upstreams.find(({ host, port }) => host === upstream?.name && port !== undefined)?.port;
  const portFor = (role: string): number | undefined => {
    const clues = cluesOf(role);
    const own = clues?.exposed.length === 1 ? clues.exposed[0] : undefined;
    const open = clues?.published.length === 1 ? clues.published[0]?.containerPort : undefined;
    if (role === proxy?.role) return listensOn(spec, conf, clues) ?? spec.services[role]?.port;
    const expected = spec.services[role]?.port;
    // only a role that answers requests has a port that can differ
    return expected === undefined ? undefined : ((role === proxy?.upstream ? passed : undefined) ?? own ?? open ?? expected);
  };
  const renamed = Object.entries(spec.services).map(([role, service]) => {
    const port = portFor(role);
    return [role, { ...service, name: names[role] ?? service.name, ...(port === undefined ? {} : { port }) }] as const;
  });
  const containerPort = listensOn(spec, conf, front) ?? published?.containerPort ?? 80;
  const hostPort = front?.published.find((one) => one.containerPort === containerPort)?.hostPort ?? published?.hostPort ?? 0;
  return {
    ...spec,
    services: Object.fromEntries(renamed),
    ...(published ? { published: { ...published, containerPort, hostPort } } : {}),
    ...(spec.files && front && proxy?.locateFiles ? { files: { ...spec.files, ...proxy.locateFiles(front.mounts, conf) } } : {}),
  };
}

/** The port on which the proxy accepts requests: what its configuration defines, and of several the one that is published. */
function listensOn({ published }: StackSpec, conf: ProxyConf | undefined, front: ServiceClues | undefined): number | undefined {
  const listens = conf?.listens ?? [];
  const open = front?.published.map(({ containerPort }) => containerPort) ?? [];
  return (
    listens.find((port) => open.includes(port)) ??
    listens.find((port) => port === published?.containerPort) ??
    listens[0] ??
    (open.length === 1 && front?.conf === undefined && front?.build !== undefined ? open[0] : undefined)
  );
}

/** `which of web, api is the app?`, for each open role. */
export const askRoles = (questions: readonly RoleQuestion[]): Text =>
  joinTexts(
    questions.map(({ role, candidates }) =>
      text(`which of ${candidates.join(', ')} is ${role}?`, `${candidates.join('、')} 之中，哪一個是 ${role}？`),
    ),
    verbatim(' '),
  );
