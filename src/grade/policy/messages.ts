import { type Text, text } from '../../lab/text.ts';
import type { PathProblem } from './paths.ts';

/** Why a key is refused: code → reason. The code is the key, preceded by its section unless it is a service's own key. */
const host = text('it would share resources of the host', '這會共用主機的資源');
const rights = text('it would give a container more rights than the stack needs', '這會給容器超出需要的權限');
const outside = text('it would include content from outside this file', '這會引入這個檔案以外的內容');
const network = text(
  'containers may reach each other only by service names, on networks of the project',
  '容器之間只能透過專案自己的網路，以服務名稱互相連線',
);
const limits = text('limits are the same for every submission', '資源限制對每份作業一律相同');
const storage = text('only plain named volumes, stored by the engine, are allowed', '磁碟區只能是一般的具名磁碟區，由引擎保管');
const remote = text(
  'an image must be built only from the files of the submission',
  '映像檔只能用繳交的檔案建置，不能取用其他來源',
);
const plain = text(
  'this tutorial does not need it, and it is not on the list of allowed keys',
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

/** Code and reason for a key that is not permitted: `path` is a key of `services`, or section and key with a dot. */
export function whyRefused(path: string): { readonly code: string; readonly why: Text } {
  const why = reasons.get(path);
  return why ? { code: path, why } : { code: 'unknown-key', why: plain };
}

export const pathReasons: Readonly<Record<PathProblem, Text>> = {
  'path-absolute': text(
    'a path must be relative to the Compose file, with `/`: an absolute path does not exist on other machines',
    '路徑必須相對於 Compose 檔案並使用 `/`：絕對路徑在其他機器上不存在',
  ),
  'path-leaves-folder': text(
    'the path, or a link in it, leads outside the submission',
    '這個路徑或其中的連結通往繳交的資料夾之外',
  ),
  'path-special': text('this is neither a file nor a folder', '這既不是檔案也不是資料夾'),
  'path-invalid': text('this path cannot be used', '這不是可以使用的路徑'),
};

/** What happens to an ignored key: code → text for the teacher. */
export const noteTexts: Readonly<Record<string, Text>> = {
  ports: text('no ports are published while grading; the declared ports are judged', '評分時不會發佈連接埠，只檢查原本的設定'),
  container_name: text(
    'containers get names of the grading run: a fixed name does not scale',
    '容器使用評分時的名稱：固定的名稱無法擴展',
  ),
  restart: text('containers that end are not restarted while grading', '評分時，結束的容器不會自動重新啟動'),
  labels: text('labels are ignored', '標籤會被略過'),
  hostname: text(
    'each container keeps its own host name: a fixed one would be the same for all replicas',
    '每個容器保有自己的主機名稱：固定的名稱會讓所有副本相同',
  ),
  init: text('the grader decides how processes are started', '行程如何啟動由評分程式決定'),
  stop_grace_period: text('the grader decides how long a stop may take', '停止時等待多久由評分程式決定'),
  stop_signal: text("the image's own signal is used", '使用映像檔本身的停止訊號'),
  replicas: text('the steps decide how many replicas run', '執行多少個副本由步驟決定'),
  resources: text('limits are the same for every submission', '資源限制對每份作業一律相同'),
  profiles: text(
    'profiles are ignored: every service that a lab needs is started',
    '設定檔（profiles）會被略過：單元需要的每個服務都會啟動',
  ),
  name: text("the grader's own name is used", '使用評分程式的名稱'),
  pull_policy: text('images are provided before grading starts', '映像檔在評分開始前就已備妥'),
  platform: text("images of the grading machine's platform are used", '使用評分機器平台的映像檔'),
  tmpfs: text('its size is the same for every submission', '大小對每份作業一律相同'),
  start_interval: text('the normal interval applies from the start', '從一開始就以一般的間隔檢查'),
};
