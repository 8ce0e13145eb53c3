import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit, type YAMLMap } from 'yaml';
import { filled } from '../../formats/interpolate.ts';
import { type Finding, finding } from '../../lab/finding.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { portFindings, type Report, type Variables } from './compose-ports.ts';

/**
 * Parts of a Compose file with which several runs would collide, or leave something behind. `source`: a file that can be parsed; `shown`: its path, for
 * messages; `env`: the variables of its `.env`.
 */
export function lintComposeRules(spec: StackSpec, source: string, shown: string, env: Variables = {}): Finding[] {
  const findings: Finding[] = [];
  const lines = new LineCounter();
  const { contents } = parseDocument(source, { lineCounter: lines, merge: true, logLevel: 'silent' });
  if (!isMap(contents)) return [];
  const report: Report = (node, rule, what, help) => {
    const { line, col } = lines.linePos((isNode(node) ? node.range?.[0] : undefined) ?? 0);
    findings.push(finding(`${shown}:${Math.max(line, 1)}:${Math.max(col, 1)}`, rule, what, help));
  };
  const include = contents.get('include', true);
  if (include)
    report(
      include,
      'compose-include',
      [
        'a run could not label what an included file creates, so that it could not remove it',
        '執行時無法標記 include 的檔案所建立的資源，因此也無法移除',
      ],
      ['put its services into compose.yaml', '請把其中的服務寫進 compose.yaml'],
    );
  for (const kind of ['networks', 'volumes', 'configs', 'secrets'] as const) resources(contents, kind, report);
  for (const { key, value } of entriesOf(contents.get('services', true))) service(key, value, report, env);
  portFindings(spec, entriesOf(contents.get('services', true)), report, env);
  outsideFindings(contents, report, env);
  return findings;
}

interface Entry {
  readonly key: string;
  readonly value: YAMLMap;
}

const entriesOf = (node: unknown): Entry[] =>
  isMap(node)
    ? node.items.flatMap(({ key, value }) => (isScalar(key) && isMap(value) ? [{ key: String(key.value), value }] : []))
    : [];

/** Networks, volumes, configs and secrets that other projects share. */
function resources(file: YAMLMap, kind: 'networks' | 'volumes' | 'configs' | 'secrets', report: Report): void {
  for (const { key, value } of entriesOf(file.get(kind, true))) {
    const external = value.get('external', true) as Node | undefined;
    const name = value.get('name', true) as Node | undefined;
    if (external && !(isScalar(external) && external.value === false))
      report(
        external,
        'compose-external',
        [
          `${kind}.${key} belongs to another project: a run uses only what it creates`,
          `${kind}.${key} 屬於其他專案：執行時只使用自己建立的資源`,
        ],
        ['remove `external`, so that the project creates it', '請移除 `external`，讓專案自己建立'],
      );
    else if (name && isFixed(name))
      report(
        name,
        'compose-name-fixed',
        [
          `${kind}.${key} has a fixed name, which several projects would share`,
          `${kind}.${key} 的名稱是固定的，會與其他專案共用`,
        ],
        ['remove `name`: Compose puts the project in front', '請移除 `name`：Compose 會在前面加上專案名稱'],
      );
    const driver = value.get('driver', true);
    if (kind === 'networks' && isScalar(driver) && driver.value !== 'bridge')
      report(
        driver,
        'network-driver',
        [
          `networks.${key} uses the driver ${driver.value}: a run publishes ports on a bridge only`,
          `networks.${key} 使用 ${driver.value} 驅動程式：執行時只在 bridge 網路發佈連接埠`,
        ],
        ['remove `driver`', '請移除 `driver`'],
      );
  }
}

/** Whether a name is the same in each project. */
const isFixed = (node: Node): boolean => !(isScalar(node) && /\$\{?COMPOSE_PROJECT_NAME\b/.test(String(node.value)));

function service(name: string, value: YAMLMap, report: Report, env: Variables): void {
  const container = value.get('container_name', true) as Node | undefined;
  if (container && isFixed(container))
    report(
      container,
      'container-name-fixed',
      [
        `the container of ${name} has a fixed name: a second project, or a second replica, cannot start`,
        `${name} 的容器名稱是固定的：第二個專案或第二個副本就無法啟動`,
      ],
      ['remove `container_name`', '請移除 `container_name`'],
    );
  const mode = value.get('network_mode', true) as Node | undefined;
  if (isScalar(mode) && mode.value === 'host')
    report(
      mode,
      'network-host',
      [`${name} uses the network of the host, where its ports cannot be moved`, `${name} 使用主機的網路，無法改用其他連接埠`],
      ['remove `network_mode`, and publish the port', '請移除 `network_mode`，並發佈連接埠'],
    );
  sharedFindings(name, value, report);
  const image = value.get('image', true) as Node | undefined;
  if (isScalar(image) && typeof image.value === 'string' && /^$|[:@]$/.test(filled(image.value, env)))
    report(
      image,
      'image-unset',
      [
        `the image of ${name} is not complete: a variable in it has no default`,
        `${name} 的映像檔名稱不完整：其中的變數沒有預設值`,
      ],
      [`write a default: ${'$'}{TAG:-1.0}`, `請寫上預設值：${'$'}{TAG:-1.0}`],
    );
}

/** What a service takes from elsewhere: another file or service, a container of another project, names that other projects use. */
function sharedFindings(name: string, value: YAMLMap, report: Report): void {
  const base = value.get('extends', true);
  if (base)
    report(
      base,
      'compose-extends',
      [
        `${name} extends another service: a run reads only compose.yaml as it is written, and could not label what ${name} builds and creates`,
        `${name} 延伸（extends）另一個服務：執行時只讀取 compose.yaml 本身，無法標記 ${name} 所建置和建立的資源`,
      ],
      ['write its settings out; a YAML anchor can share them', '請直接寫出設定；可以用 YAML 錨點共用'],
    );
  const links = value.get('external_links', true) as Node | undefined;
  if (links && isSeq(links))
    report(
      links,
      'compose-external',
      [`${name} uses containers of other projects`, `${name} 使用其他專案的容器`],
      ['remove `external_links`', '請移除 `external_links`'],
    );
  const containers = ['network_mode', 'ipc', 'pid', 'volumes_from'].flatMap((key) => {
    const node = value.get(key, true);
    return isSeq(node) ? node.items : [node];
  });
  for (const node of containers)
    if (isScalar(node) && /^container:/.test(String(node.value)))
      report(
        node,
        'compose-external',
        [`${name} uses a container of another project`, `${name} 使用其他專案的容器`],
        ['use a service of this file: `service:…`', '請改用這個檔案裡的服務：`service:…`'],
      );
  const tags = value.getIn(['build', 'tags'], true);
  if (tags)
    report(
      tags,
      'build-tags',
      [
        `the image of ${name} gets further fixed names, which several runs would share, and which would remain`,
        `${name} 的映像檔有其他固定的名稱：會由多次執行共用，並在結束後留下`,
      ],
      ['remove `tags`: a run gives the image a name of its own', '請移除 `tags`：執行時會使用自己的映像檔名稱'],
    );
}

/** Paths above the stack's folder, of which a run has no copy. */
function outsideFindings(contents: YAMLMap, report: Report, env: Variables): void {
  visit(contents, {
    Scalar: (key, node, path) => {
      if (key === 'key' || typeof node.value !== 'string') return;
      const written = filled(node.value, env);
      if (!/^\.\.(?:\/|$)|^\.\/\.\.(?:\/|$)/.test(written) || !isOfPath(path)) return;
      report(
        node,
        'path-outside',
        [
          `${written.split(':')[0]} is outside of the stack's folder: a run has a copy of that folder only`,
          `${written.split(':')[0]} 位於這組服務的資料夾之外：執行時只有該資料夾的複本`,
        ],
        ['move it into the folder of compose.yaml', '請移到 compose.yaml 所在的資料夾裡'],
      );
    },
  });
}

/** Keys of which the value, or a value below it, is a path of the host. */
const pathKeys = new Set(['build', 'volumes', 'env_file', 'file', 'additional_contexts']);
const isOfPath = (path: readonly unknown[]): boolean =>
  path.some((one) => isPair(one) && isScalar(one.key) && pathKeys.has(String(one.key.value)));
