import { joinTexts, type Text, text, verbatim } from '../../lab/text.ts';
import type { Disk, HealthFacts } from './health-facts.ts';

export interface HealthLine {
  readonly id: string;
  readonly level: 'ok' | 'warning' | 'problem';
  readonly title: Text;
  readonly detail: Text;
  readonly fix?: Text;
}

type Judged = Omit<HealthLine, 'id' | 'title'>;
const ok = (detail: Text): Judged => ({ level: 'ok', detail });
const warning = (detail: Text, fix: Text): Judged => ({ level: 'warning', detail, fix });
const problem = (detail: Text, fix: Text): Judged => ({ level: 'problem', detail, fix });

/** Judges each fact. Pure. */
export function judgeHealth(facts: HealthFacts): HealthLine[] {
  const line = (id: string, title: Text, judged: Judged | undefined): HealthLine[] => (judged ? [{ id, title, ...judged }] : []);
  return [
    ...line('node', verbatim('Node'), judgeNode(facts)),
    ...line('engine', text('engine', '引擎'), judgeEngine(facts)),
    ...line('clock', text('clock', '時鐘'), judgeClock(facts)),
    ...line('compose', verbatim('Compose'), judgeCompose(facts)),
    ...facts.disks.flatMap((disk) =>
      line(`disk-${disk.id}`, disk.id === 'engine' ? text("engine's disk", '引擎的磁碟') : text('disk', '磁碟'), judgeDisk(disk)),
    ),
    ...(facts.port ? line('port', text(`port ${facts.port.number}`, `連接埠 ${facts.port.number}`), judgePort(facts.port)) : []),
    ...line('networks', text('networks', '網路'), judgeNetworks(facts)),
    ...line('registry', verbatim('registry'), judgeRegistry(facts)),
    ...line('images', text('images', '映像檔'), judgeImages(facts)),
    ...line('leftovers', text('leftovers', '殘留'), judgeLeftovers(facts)),
  ];
}

const judgeNode = ({ node }: HealthFacts): Judged =>
  node.supported
    ? ok(verbatim(node.version))
    : problem(
        text(`${node.version} is too old`, `${node.version} 太舊`),
        text('install Node 20.19 or later', '請安裝 Node 20.19 以上'),
      );

function judgeEngine({ engine }: HealthFacts): Judged {
  if (engine.state === 'none') return problem(engine.message, engine.hint);
  if (engine.state === 'on demand') {
    return ok(
      text('no engine is running; `lab run` will start the private engine', '目前沒有執行中的引擎；`lab run` 會啟動專用引擎'),
    );
  }
  const { kind, version, apiVersion, host } = engine;
  const parts = [`Docker ${version}`, `API ${apiVersion}`, host];
  const at = text(parts.join(', '), parts.join('、'));
  return ok(kind === 'private' ? joinTexts([text('the private engine', '專用引擎'), at], text(', ', '，')) : at);
}

/** Certificates and package signatures are checked against the clock. */
function judgeClock({ engine }: HealthFacts): Judged | undefined {
  if (engine.state !== 'answers') return undefined;
  const seconds = Math.round(engine.clockMs / 1000);
  if (Math.abs(seconds) <= 60) return ok(text("the engine's clock agrees with this machine's", '引擎與這台機器的時鐘一致'));
  const off = Math.abs(seconds);
  return warning(
    seconds > 0
      ? text(`the engine's clock is ${off} s ahead of this machine's`, `引擎的時鐘比這台機器快 ${off} 秒`)
      : text(`the engine's clock is ${off} s behind this machine's`, `引擎的時鐘比這台機器慢 ${off} 秒`),
    text(
      'correct both clocks (restarting Docker Desktop corrects its own)',
      '請校正兩邊的時鐘（重新啟動 Docker Desktop 會校正它自己的）',
    ),
  );
}

function judgeCompose({ compose }: HealthFacts): Judged {
  if (!compose) return ok(text('comes with the private engine', '隨專用引擎提供'));
  if ('message' in compose) return problem(compose.message, compose.hint);
  const at = `\`${compose.line}\` ${compose.version}`;
  return compose.version.startsWith('1.')
    ? warning(
        text(`${at} works, but is no longer maintained`, `${at} 可以用，但已停止維護`),
        text(
          'install the Compose plugin: https://docs.docker.com/compose/install/',
          '請安裝 Compose 外掛：https://docs.docker.com/compose/install/',
        ),
      )
    : ok(verbatim(at));
}

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Packages, images and builds take about 1.5 GB, most of it in the engine's folder. */
function judgeDisk({ id, path, freeBytes }: Disk): Judged {
  const detail = text(`${gb(freeBytes)} free at ${path}`, `${path} 的可用空間為 ${gb(freeBytes)}`);
  const fix =
    id === 'engine'
      ? text(
          'free disk space; `docker system df` shows what Docker uses',
          '請清出空間；`docker system df` 可以查看 Docker 使用的空間',
        )
      : text(
          'free disk space, or set XDG_STATE_HOME and XDG_CACHE_HOME to a larger disk',
          '請清出空間，或把 XDG_STATE_HOME 和 XDG_CACHE_HOME 設到較大的磁碟',
        );
  if (freeBytes < 1e9) return problem(detail, fix);
  return freeBytes < 3e9 ? warning(detail, fix) : ok(detail);
}

const judgePort = (port: NonNullable<HealthFacts['port']>): Judged =>
  port.free
    ? ok(text('free', '可以使用'))
    : warning(
        text(
          'in use by another program; `lab run` will use another port and report it',
          '被其他程式佔用；`lab run` 會改用其他連接埠並顯示出來',
        ),
        text(
          `your own stack needs it: find the program that uses it with \`ss -ltnp 'sport = :${port.number}'\`, or set ${port.variable}`,
          `你自己的服務需要這個連接埠：請用 \`ss -ltnp 'sport = :${port.number}'\` 找出佔用它的程式，或設定 ${port.variable}`,
        ),
      );

/** A run creates three networks: one for the first stack, two for the second. */
function judgeNetworks({ networksLeft: left }: HealthFacts): Judged | undefined {
  if (left === undefined) return undefined;
  const detail = text(`addresses for ${left} more`, `位址還足夠建立 ${left} 個`);
  const fix = text(
    'remove unused networks (`docker network ls`, `docker network rm NAME`), or add `default-address-pools` to daemon.json',
    '請移除未使用的網路（`docker network ls`、`docker network rm 名稱`），或在 daemon.json 加上 `default-address-pools`',
  );
  if (left < 3) return problem(detail, fix);
  return left < 6 ? warning(detail, fix) : ok(detail);
}

const loadImagesHint = text(
  'connect to a network that reaches the registry, or `lab images load FILE` with a file from `lab images save`',
  '請連線到可以存取 registry 的網路，或用 `lab images load FILE` 載入 `lab images save` 存下的檔案',
);

function judgeRegistry({ registry: { name, silence }, images }: HealthFacts): Judged {
  if (!silence) return ok(text(`${name} answers`, `${name} 有回應`));
  const detail = text(`${name} does not answer from here (${silence})`, `無法從這裡連線到 ${name}（${silence}）`);
  if (images.absent.length === 0) {
    return ok(text(`${detail.en}; not needed, all images are present`, `${detail['zh-TW']}；不需要連線，所有映像檔都已存在`));
  }
  if (images.buildable) {
    return ok(text(`${detail.en}; not needed, images can be built here`, `${detail['zh-TW']}；不需要連線，映像檔可以在這裡建置`));
  }
  return warning(detail, loadImagesHint);
}

function judgeImages({ images: { needed, absent, buildable }, registry, engine }: HealthFacts): Judged | undefined {
  if (engine.state === 'none') return undefined;
  if (absent.length === 0) return ok(text(`all ${needed.length} present`, `${needed.length} 個都已存在`));
  const lack = text(
    `${absent.length} of ${needed.length} absent (${absent.join(', ')})`,
    `${needed.length} 個中缺 ${absent.length} 個（${absent.join('、')}）`,
  );
  if (!registry.silence) {
    return ok(
      text(
        `${lack.en}; \`lab run\` or \`lab images pull\` gets them`,
        `${lack['zh-TW']}；\`lab run\` 或 \`lab images pull\` 會下載`,
      ),
    );
  }
  if (buildable) return ok(text(`${lack.en}; \`lab run\` builds them`, `${lack['zh-TW']}；\`lab run\` 會建置`));
  return problem(lack, loadImagesHint);
}

const some = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Leftovers of runs that ended without cleaning up. Active runs are not counted; resources that are not in our journal are reported as such. */
function judgeLeftovers({ leftovers }: HealthFacts): Judged | undefined {
  if (!leftovers) return undefined;
  if ('message' in leftovers) return problem(leftovers.message, leftovers.hint);
  const { runs, containers, networks, volumes, images, underWay, unknown } = leftovers;
  const things = [
    ...(containers ? [text(some(containers, 'container'), `${containers} 個容器`)] : []),
    ...(networks ? [text(some(networks, 'network'), `${networks} 個網路`)] : []),
    ...(volumes ? [text(some(volumes, 'volume'), `${volumes} 個磁碟區`)] : []),
    ...(images ? [text(some(images, 'image'), `${images} 個映像檔`)] : []),
  ];
  const left = joinTexts(things.length > 0 ? things : [text('files', '檔案')], text(', ', '、'));
  const ofEnded = text(
    `${left.en} of ${some(runs, 'run')} interrupted or kept`,
    `${runs} 次中斷或保留的執行留下了${things.length > 0 ? ' ' : ''}${left['zh-TW']}`,
  );
  const ofUnknown = text(
    `${some(unknown, 'resource')} of runs that are not in this journal`,
    `${unknown} 個資源屬於這裡沒有紀錄的執行`,
  );
  const atWork = underWay ? [text(`${some(underWay, 'run')} still running`, `${underWay} 次執行仍在進行`)] : [];
  const found = [...(runs ? [ofEnded] : []), ...(unknown ? [ofUnknown] : [])];
  const detail = joinTexts([...(found.length > 0 ? found : [text('none', '沒有')]), ...atWork], text('; ', '；'));
  const fixes = [
    ...(runs ? [text('`lab clean` removes what those runs left', '用 `lab clean` 移除這些執行留下的資源')] : []),
    ...(unknown ? [elsewhere] : []),
  ];
  return fixes.length > 0 ? warning(detail, joinTexts(fixes, text('; ', '；'))) : ok(detail);
}

const elsewhere = text(
  'resources in no journal belong to another user or another XDG_STATE_HOME; `lab clean` there removes them: `docker ps -a --filter label=labwright.run`',
  '沒有紀錄的資源屬於其他使用者或另一個 XDG_STATE_HOME，請在該環境執行 `lab clean` 移除：`docker ps -a --filter label=labwright.run`',
);
