import { type Text, text } from '../../lab/text.ts';
import type { PathProblem } from './paths.ts';

export const pathReasons: Readonly<Record<PathProblem, Text>> = {
  'engine-socket': text(
    "this is the engine's socket: whoever has it controls the engine, and with it the machine",
    '這是引擎的 socket：能存取它，就能控制引擎，進而控制整台機器',
  ),
  'path-absolute': text(
    'this is a path of the machine that grades, not of the submission; write a path relative to the Compose file, with `/`',
    '這是評分機器上的路徑，不屬於繳交的內容；請寫成相對於 Compose 檔案的路徑，並使用 `/`',
  ),
  'path-leaves-folder': text(
    'the path, or a link in it, leads outside the submission, to files of the machine or of other students',
    '這個路徑或其中的連結通往繳交的資料夾之外，也就是機器或其他學生的檔案',
  ),
  'path-special': text(
    'this is neither a file nor a folder, but a device, a socket or a pipe',
    '這既不是檔案也不是資料夾，而是裝置、socket 或管線（pipe）',
  ),
  'path-invalid': text('this path cannot be used', '這不是可以使用的路徑'),
};

/** What happens to an ignored key: code → text for the teacher. */
export const noteTexts: Readonly<Record<string, Text>> = {
  ports: text('no ports are published while grading; the declared ports are judged', '評分時不會發佈連接埠，只檢查原本的設定'),
  container_name: text(
    '`container_name` allows one container only, so the service does not scale: remove that line (it was ignored for grading)',
    '`container_name` 只允許一個容器，所以服務無法擴展：請移除這一行（評分時已略過）',
  ),
  restart: text('containers that end are not restarted while grading', '評分時，結束的容器不會自動重新啟動'),
  labels: text('labels are ignored', '標籤會被略過'),
  hostname: text(
    '`hostname` gives all replicas the same name, so an answer does not show which of them sent it: remove that line (it was ignored for grading)',
    '`hostname` 讓所有副本使用相同的名稱，無法看出由哪一個回應：請移除這一行（評分時已略過）',
  ),
  domainname: text('containers have no domain name', '容器沒有網域名稱'),
  mac_address: text('the engine assigns hardware addresses', '網路卡位址由引擎指派'),
  ipv4_address: text(
    '`ipv4_address` allows one container only, so a fixed one does not scale: remove that line (it was ignored for grading)',
    '`ipv4_address` 只允許一個容器，固定的位址無法擴展：請移除這一行（評分時已略過）',
  ),
  ipam: text('the grader assigns subnets and addresses', '子網路與位址由評分程式指派'),
  priority: text("the engine decides the order and names of a container's networks", '容器網路的順序與名稱由引擎決定'),
  dns: text("names are resolved by the engine's own DNS server", '名稱由引擎內建的 DNS 伺服器解析'),
  extra_hosts: text(
    '`host-gateway` is ignored: no name leads to the machine that grades',
    '`host-gateway` 會被略過：沒有名稱會通往評分的機器',
  ),
  links: text('this link has no effect: the two services share no network', '這個連結沒有作用：兩個服務沒有共用的網路'),
  init: text('the grader decides how processes are started', '行程如何啟動由評分程式決定'),
  stop_grace_period: text('the grader decides how long a stop may take', '停止時等待多久由評分程式決定'),
  stop_signal: text("the image's own signal is used", '使用映像檔本身的停止訊號'),
  replicas: text('the steps decide how many replicas run', '執行多少個副本由步驟決定'),
  resources: text('limits are the same for every submission', '資源限制對每份作業一律相同'),
  security_opt: text('the grader sets this for every container', '評分程式會對每個容器套用這項設定'),
  swarm: text('settings for a cluster have no effect on one machine', '叢集的設定在單一機器上沒有作用'),
  develop: text('`docker compose watch` is not used while grading', '評分時不會使用 `docker compose watch`'),
  logging: text('logs are kept in the same way for every submission', '每份作業都以相同的方式保存日誌'),
  profiles: text(
    'profiles are ignored: every service that a lab needs is started',
    '設定檔（profiles）會被略過：單元需要的每個服務都會啟動',
  ),
  name: text("the grader's own name is used", '使用評分程式的名稱'),
  pull_policy: text('images are provided before grading starts', '映像檔在評分開始前就已備妥'),
  platform: text("images of the grading machine's platform are used", '使用評分機器平台的映像檔'),
  tmpfs: text('its size is the same for every submission', '大小對每份作業一律相同'),
  start_interval: text('the normal interval applies from the start', '從一開始就以一般的間隔檢查'),
  syntax: text("the grader's own version of the Dockerfile format is used", '使用評分程式內建的 Dockerfile 格式版本'),
  'build-cache': text('the grader has its own build cache; a cache mount is empty', '評分程式有自己的建置快取；快取掛載是空的'),
  'build-network': text("builds use the grader's own network settings", '建置時使用評分程式的網路設定'),
  'build-output': text('the grader names and stores built images itself', '建置好的映像檔由評分程式命名與保存'),
  'file-mode': text('the file keeps its own permissions', '檔案保有自己的權限'),
  'override-file': text(
    'this file is merged into the Compose file, as Compose does',
    '這個檔案會併入 Compose 檔案，與 Compose 的做法相同',
  ),
  'mount-option': text('this option has no effect on the grading machine', '這個選項在評分的機器上沒有作用'),
  nocopy: text("a new volume gets the image's files", '新的磁碟區會有映像檔裡的檔案'),
  'volume-anonymous': text(
    'the replicas of the service share this volume, as they do one with a name',
    '這個服務的副本會共用這個磁碟區，就像具名的磁碟區一樣',
  ),
  'bind-copy': text(
    'the container gets a copy of the folder: what it writes there is not seen elsewhere',
    '容器會得到這個資料夾的複本：它寫入的內容不會出現在別處',
  ),
};
