import { type Text, text } from '../../../lab/text.ts';
import { danger } from './dangers.ts';

/** A mapping of the Compose file: `network` is one of the top level, `networks` a service's connection to one. */
export type Section =
  | 'file'
  | 'service'
  | 'build'
  | 'depends_on'
  | 'deploy'
  | 'deploy.resources'
  | 'env_file'
  | 'healthcheck'
  | 'logging'
  | 'networks'
  | 'ports'
  | 'secrets'
  | 'configs'
  | 'volumes'
  | 'volumes.bind'
  | 'volumes.volume'
  | 'network'
  | 'volume'
  | 'secret'
  | 'config';

/**
 * allowed: a reader takes the value into the stack that runs. ignored: the value is never read, and a note says so. refused: the
 * submission does not run, unless the value is one that changes nothing (`unless`).
 */
export type KeyRule =
  | { readonly rule: 'allowed'; readonly values?: string }
  | { readonly rule: 'ignored'; readonly note: string }
  | { readonly rule: 'refused'; readonly why: Text; readonly unless?: Unless };

interface Unless {
  readonly words: RegExp;
  /** For documents. */
  readonly values: string;
  /** The note about it; left out: it is what the grader does anyway. */
  readonly note?: string;
}

const allowed = (values?: string): KeyRule => ({ rule: 'allowed', ...(values === undefined ? {} : { values }) });
const ignored = (note: string): KeyRule => ({ rule: 'ignored', note });
const refused = (why: Text, unless?: Unless): KeyRule => ({ rule: 'refused', why, ...(unless ? { unless } : {}) });

const no: Unless = { words: /^(?:false|no|off|n|f|0)$/i, values: '`false`' };

/** Section, keys, and their rule. A key that is not in this list is refused. */
export const ruleList: readonly (readonly [Section, string, KeyRule])[] = [
  ['file', 'services networks volumes secrets configs version', allowed()],
  ['file', 'name', ignored('name')],
  ['file', 'include', refused(danger.outside)],
  ['file', 'models', refused(danger.programs)],

  ['service', 'image', allowed("of a known family, or on the rubric's list")],
  ['service', 'build', allowed('a folder of the submission')],
  ['service', 'command entrypoint environment working_dir user expose healthcheck read_only stdin_open tty', allowed()],
  ['service', 'env_file', allowed('files of the submission')],
  ['service', 'networks depends_on', allowed()],
  ['service', 'links', allowed('of services that share a network')],
  ['service', 'extra_hosts', allowed('a name for an address; `host-gateway` is ignored')],
  ['service', 'volumes', allowed('files and folders of the submission, volumes, tmpfs')],
  ['service', 'tmpfs', allowed('with a fixed size')],
  ['service', 'secrets configs', allowed('from files of the submission, `environment` or `content`')],
  ['service', 'cap_drop', allowed()],
  ['service', 'cap_add', allowed('capabilities that the grader grants anyway; others are refused')],
  ['service', 'ports', allowed('judged, but not published')],
  ['service', 'deploy', allowed()],
  ['service', 'container_name', ignored('container_name')],
  ['service', 'hostname', ignored('hostname')],
  ['service', 'domainname', ignored('domainname')],
  ['service', 'mac_address', ignored('mac_address')],
  ['service', 'dns dns_opt dns_search', ignored('dns')],
  ['service', 'restart', ignored('restart')],
  ['service', 'labels label_file annotations', ignored('labels')],
  ['service', 'init', ignored('init')],
  ['service', 'stop_grace_period', ignored('stop_grace_period')],
  ['service', 'stop_signal', ignored('stop_signal')],
  ['service', 'pull_policy pull_refresh_after', ignored('pull_policy')],
  ['service', 'platform', ignored('platform')],
  ['service', 'profiles', ignored('profiles')],
  ['service', 'scale', ignored('replicas')],
  ['service', 'attach', ignored('logging')],
  ['service', 'logging', allowed('not used: the grader keeps logs; a driver that sends them away is refused')],
  ['service', 'develop', ignored('develop')],
  [
    'service',
    `cpus cpuset cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares mem_limit mem_reservation mem_swappiness
     memswap_limit oom_kill_disable oom_score_adj pids_limit shm_size storage_opt ulimits blkio_config`,
    ignored('resources'),
  ],
  [
    'service',
    'security_opt',
    refused(danger.protection, {
      words: /^no-new-privileges(?:[:=]true)?$/,
      values: '`no-new-privileges`',
      note: 'security_opt',
    }),
  ],
  ['service', 'privileged', refused(danger.privileged, no)],
  ['service', 'use_api_socket', refused(danger.socket, no)],
  ['service', 'devices device_cgroup_rules gpus', refused(danger.devices)],
  ['service', 'group_add', refused(danger.groups)],
  ['service', 'sysctls', refused(danger.kernel)],
  ['service', 'credential_spec', refused(danger.credentials)],
  ['service', 'network_mode', refused(danger.network)],
  ['service', 'pid', refused(danger.processes)],
  ['service', 'ipc', refused(danger.memory, { words: /^(?:none|private|shareable)$/, values: '`private`, `shareable`, `none`' })],
  ['service', 'uts', refused(danger.hostName)],
  ['service', 'userns_mode', refused(danger.root)],
  ['service', 'cgroup', refused(danger.limits, { words: /^private$/, values: '`private`' })],
  ['service', 'cgroup_parent', refused(danger.limits)],
  ['service', 'runtime', refused(danger.runtime, { words: /^runc$/, values: '`runc`' })],
  ['service', 'isolation', refused(danger.runtime, { words: /^default$/, values: '`default`' })],
  ['service', 'volumes_from external_links', refused(danger.others)],
  ['service', 'extends', refused(danger.outside)],
  ['service', 'provider models', refused(danger.programs)],
  ['service', 'post_start pre_stop', refused(danger.hooks)],

  ['build', 'context dockerfile', allowed('in the folder of the submission')],
  ['build', 'dockerfile_inline args target', allowed()],
  ['build', 'labels', ignored('labels')],
  ['build', 'platforms', ignored('platform')],
  ['build', 'shm_size ulimits', ignored('resources')],
  ['build', 'cache_from cache_to no_cache pull', ignored('build-cache')],
  ['build', 'tags provenance sbom', ignored('build-output')],
  ['build', 'extra_hosts', ignored('build-network')],
  [
    'build',
    'network',
    refused(danger.buildNetwork, { words: /^(?:default|none)$/, values: '`default`, `none`', note: 'build-network' }),
  ],
  ['build', 'privileged', refused(danger.privileged, no)],
  ['build', 'entitlements', refused(danger.privileged)],
  ['build', 'isolation', refused(danger.runtime, { words: /^default$/, values: '`default`' })],
  ['build', 'secrets ssh', refused(danger.keys)],
  ['build', 'additional_contexts', refused(danger.sources)],

  ['depends_on', 'condition required', allowed()],
  ['depends_on', 'restart', ignored('restart')],

  ['deploy', 'resources', allowed()],
  ['deploy', 'replicas', ignored('replicas')],
  ['deploy', 'labels', ignored('labels')],
  ['deploy', 'restart_policy', ignored('restart')],
  ['deploy', 'endpoint_mode placement rollback_config update_config', ignored('swarm')],
  [
    'deploy',
    'mode',
    refused(text('a job ends, a service runs until it is stopped', '工作（job）會結束，服務則要一直執行到停止為止'), {
      words: /^(?:replicated|global)$/,
      values: '`replicated`, `global`',
      note: 'swarm',
    }),
  ],
  ['deploy.resources', 'limits reservations', ignored('resources')],

  ['env_file', 'path', allowed('a file of the submission')],
  ['env_file', 'required', allowed()],
  ['env_file', 'format', refused(danger.unread)],

  ['healthcheck', 'test interval timeout retries start_period disable', allowed()],
  ['healthcheck', 'start_interval', ignored('start_interval')],

  ['logging', 'options', allowed('ignored with `logging`')],
  ['logging', 'driver', refused(danger.logs, { words: /^(?:json-file|local)$/, values: '`json-file`, `local`' })],

  ['networks', 'aliases', allowed('other than names of services')],
  ['networks', 'ipv4_address ipv6_address', ignored('ipv4_address')],
  ['networks', 'link_local_ips', ignored('ipam')],
  ['networks', 'mac_address', ignored('mac_address')],
  ['networks', 'priority gw_priority interface_name', ignored('priority')],
  ['networks', 'driver_opts', refused(danger.driver)],

  ['ports', 'target published host_ip protocol mode name app_protocol', allowed('judged, but not published')],

  ['secrets', 'source target', allowed()],
  ['secrets', 'uid gid mode', ignored('file-mode')],
  ['configs', 'source target', allowed()],
  ['configs', 'uid gid mode', ignored('file-mode')],

  ['volumes', 'type', allowed('`bind`, `volume`, `tmpfs`')],
  ['volumes', 'source', allowed('of a bind: in the folder of the submission')],
  ['volumes', 'target read_only bind volume consistency', allowed()],
  ['volumes', 'tmpfs', ignored('tmpfs')],
  ['volumes', 'image', refused(danger.storage)],
  ['volumes.bind', 'create_host_path', allowed()],
  ['volumes.bind', 'recursive selinux', ignored('mount-option')],
  ['volumes.bind', 'propagation', refused(danger.propagation, { words: /^r?private$/, values: '`private`, `rprivate`' })],
  ['volumes.volume', 'labels', ignored('labels')],
  ['volumes.volume', 'nocopy', ignored('nocopy')],
  ['volumes.volume', 'subpath', refused(danger.storage)],

  ['network', 'internal', allowed()],
  ['network', 'driver', allowed('`bridge`, `default`; others are refused')],
  ['network', 'name', ignored('name')],
  ['network', 'labels', ignored('labels')],
  ['network', 'ipam enable_ipv4 enable_ipv6', ignored('ipam')],
  ['network', 'attachable', ignored('swarm')],
  ['network', 'external', refused(danger.externalNetwork, no)],
  ['network', 'driver_opts', refused(danger.driver)],

  ['volume', 'driver', refused(danger.storage, { words: /^local$/, values: '`local`' })],
  ['volume', 'name', ignored('name')],
  ['volume', 'labels', ignored('labels')],
  ['volume', 'external', refused(danger.externalVolume, no)],
  ['volume', 'driver_opts', refused(danger.storage)],

  ['secret', 'file', allowed('a file of the submission')],
  ['secret', 'environment', allowed('a variable of the `.env` of the submission')],
  ['secret', 'name', ignored('name')],
  ['secret', 'labels', ignored('labels')],
  ['secret', 'external', refused(danger.externalSecret, no)],
  ['secret', 'driver driver_opts template_driver', refused(danger.externalSecret)],
  ['config', 'file', allowed('a file of the submission')],
  ['config', 'environment', allowed('a variable of the `.env` of the submission')],
  ['config', 'content', allowed()],
  ['config', 'name', ignored('name')],
  ['config', 'labels', ignored('labels')],
  ['config', 'external', refused(danger.externalSecret, no)],
  ['config', 'template_driver', refused(danger.externalSecret)],
];

const rules = new Map(
  ruleList.flatMap(([section, keys, rule]) => keys.split(/\s+/).map((key) => [`${section} ${key}`, rule] as const)),
);

export const ruleOf = (section: Section, key: string): KeyRule | undefined => rules.get(`${section} ${key}`);

/** Keys of one entry of the top level have its prefix, those of a service or the file have none. */
const prefixes: Partial<Readonly<Record<Section, string>>> = {
  file: '',
  service: '',
  network: 'networks.',
  volume: 'volumes.',
  secret: 'secrets.',
  config: 'configs.',
};

/** Code and reason for a key that is not permitted. */
export function whyRefused(section: Section, key: string): { readonly code: string; readonly why: Text } {
  const rule = ruleOf(section, key);
  const code = `${prefixes[section] ?? `${section}.`}${key}`;
  return rule?.rule === 'refused' ? { code, why: rule.why } : { code: rule ? code : 'unknown-key', why: danger.unknown };
}
