import { type Text, text } from '../../lab/text.ts';
import type { PathProblem } from './paths.ts';

/** Why a key is refused: code → reason. The code is the key, with its section in front where it is not a service's own. */
const host = text('it would share what belongs to the host', '這會共用屬於主機的東西');
const rights = text('it would give a container more rights than the stack needs', '這會給容器超出需要的權限');
const outside = text('it would bring in what is not in this file', '這會引入不在這個檔案裡的內容');
const network = text(
  'containers find one another by the names of services, on networks of the project alone',
  '容器之間只透過專案自己的網路、以服務名稱互相找到對方',
);
const limits = text('limits are set for every submission alike', '資源限制對每份作業一律相同');
const storage = text('volumes are plain: named, and kept by the engine', '磁碟區只能是一般的具名磁碟區，由引擎保管');
const remote = text(
  'an image is built from the files that were handed in, and from nothing else',
  '映像檔只能由繳交的檔案建置，不能取用其他來源',
);
const plain = text(
  'this tutorial does not need it, and it is not on the list of what is allowed',
  '這份教學用不到它，它也不在允許的清單上',
);

const groups: readonly (readonly [Text, string])[] = [
  [host, 'pid ipc uts cgroup cgroup_parent userns_mode isolation runtime'],
  [rights, 'privileged cap_add devices device_cgroup_rules security_opt sysctls group_add gpus credential_spec use_api_socket'],
  [outside, 'extends include secrets configs volumes_from provider models env_file.format label_file'],
  [network, 'network_mode links external_links extra_hosts dns dns_opt dns_search domainname mac_address'],
  [
    network,
    'networks.external networks.ipam networks.driver_opts networks.driver networks.attachable networks.enable_ipv6 networks.enable_ipv4 networks.ipv4_address networks.ipv6_address networks.link_local_ips networks.mac_address networks.priority networks.gw_priority networks.interface_name',
  ],
  [
    limits,
    'blkio_config cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset mem_limit mem_reservation mem_swappiness memswap_limit oom_kill_disable oom_score_adj pids_limit shm_size storage_opt ulimits build.shm_size build.ulimits deploy.resources.reservations',
  ],
  [
    storage,
    'volumes.bind.propagation volumes.bind.recursive volumes.bind.selinux volumes.driver volumes.driver_opts volumes.external volumes.volume volumes.image volumes.cluster',
  ],
  [
    remote,
    'build.additional_contexts build.ssh build.secrets build.cache_from build.cache_to build.network build.privileged build.entitlements build.extra_hosts build.isolation build.tags build.no_cache build.pull build.provenance build.sbom',
  ],
  [
    plain,
    'annotations attach develop logging post_start pre_stop pull_refresh_after deploy.endpoint_mode deploy.labels deploy.mode deploy.placement deploy.restart_policy deploy.rollback_config deploy.update_config volumes.consistency volumes.labels volumes.subpath',
  ],
];
const reasons = new Map(groups.flatMap(([why, keys]) => keys.split(' ').map((key) => [key, why] as const)));

/** Code and reason for a key that is not on the list: `path` is `services`' own key, or section and key with a dot. */
export function whyRefused(path: string): { readonly code: string; readonly why: Text } {
  const why = reasons.get(path);
  return why ? { code: path, why } : { code: 'unknown-key', why: plain };
}

export const pathReasons: Readonly<Record<PathProblem, Text>> = {
  'path-absolute': text(
    'a path has to be relative to the Compose file, with `/`: a path of one machine is not there on another',
    '路徑必須相對於 Compose 檔案並使用 `/`：某台機器上的路徑，在別台機器上不存在',
  ),
  'path-leaves-folder': text(
    'the path, or a link in it, leads out of the submission',
    '這個路徑或其中的連結通往繳交的資料夾之外',
  ),
  'path-special': text('this is neither a file nor a folder', '這既不是檔案也不是資料夾'),
  'path-invalid': text('this is no path that can be used', '這不是可以使用的路徑'),
};

/** What becomes of a key that is set aside: code → what a teacher reads. */
export const noteTexts: Readonly<Record<string, Text>> = {
  ports: text('nothing is published while grading; what was meant is judged', '評分時不對外發布連接埠，只評斷原本的設定'),
  container_name: text('containers get names of the run: a fixed one does not scale', '容器使用評分時的名稱：固定的名稱無法擴展'),
  restart: text('what ends is not started again while grading', '評分時，結束的容器不會自動重新啟動'),
  labels: text('labels are left out', '標籤會略過'),
  hostname: text(
    'each container keeps a host name of its own: a fixed one would be the same for all replicas',
    '每個容器保有自己的主機名稱：固定的名稱會讓所有副本相同',
  ),
  init: text('how processes are started is decided by the grader', '行程如何啟動由評分程式決定'),
  stop_grace_period: text('how long to wait at a stop is decided by the grader', '停止時等待多久由評分程式決定'),
  stop_signal: text("the image's own signal is used", '使用映像檔本身的停止訊號'),
  replicas: text('how many replicas run is what the steps ask for', '執行多少個副本由步驟決定'),
  resources: text('limits are set for every submission alike', '資源限制對每份作業一律相同'),
  profiles: text('profiles are left out: what a lab needs is started', '設定檔（profiles）會略過：實驗需要的服務都會啟動'),
  name: text("the grader's own name is used", '使用評分程式的名稱'),
  pull_policy: text('images are there before grading starts', '映像檔在評分開始前就已備妥'),
  platform: text("images of the grading machine's platform are used", '使用評分機器平台的映像檔'),
  tmpfs: text('its size is set for every submission alike', '大小對每份作業一律相同'),
  start_interval: text('the interval counts from the start', '從一開始就以一般的間隔檢查'),
};
