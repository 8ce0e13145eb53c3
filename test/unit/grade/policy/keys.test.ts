import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judged, web } from '../../../fixtures/submission.ts';

/** Every key that the Compose Specification defines for a service (its JSON schema of 2025), each with an explicit decision. */
const decided: Readonly<Record<'allowed' | 'noted' | 'refused', string>> = {
  allowed: `build cap_drop command depends_on entrypoint env_file environment expose healthcheck image networks read_only stdin_open tmpfs tty user volumes
    working_dir`,
  noted:
    'container_name deploy hostname init labels platform ports profiles pull_policy restart scale stop_grace_period stop_signal',
  refused: `annotations attach blkio_config cap_add cgroup cgroup_parent configs cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
    cpu_shares cpus cpuset credential_spec develop device_cgroup_rules devices dns dns_opt dns_search domainname extends external_links extra_hosts gpus
    group_add ipc isolation label_file links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode
    oom_kill_disable oom_score_adj pid pids_limit post_start pre_stop privileged provider pull_refresh_after runtime secrets security_opt shm_size
    storage_opt sysctls ulimits use_api_socket userns_mode uts volumes_from`,
};
const schema = `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period
  cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search
  domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation
  label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
  oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale
  secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes
  volumes_from working_dir`;
const words = (list: string) => list.trim().split(/\s+/);

/** A valid value for the key; all other keys get an empty one. */
const values: Readonly<Record<string, string>> = {
  build: '{context: ., dockerfile_inline: FROM scratch}',
  command: 'x',
  cap_drop: '[ALL]',
  depends_on: '[]',
  entrypoint: 'x',
  expose: '[80]',
  read_only: 'true',
  stdin_open: 'true',
  tty: 'true',
  user: 'x',
  volumes: '["./a:/a"]',
  working_dir: '/x',
  deploy: '{replicas: 2}',
  ports: '["80:80"]',
  profiles: '[]',
  restart: 'always',
};

test('each key of the specification has exactly one decision', () => {
  const all = Object.values(decided).flatMap(words);
  assert.equal([...all].sort(), words(schema));
  assert.is(new Set(all).size, all.length);
});

for (const [how, list] of Object.entries(decided))
  test(`keys that are ${how}`, async () => {
    for (const key of words(list)) {
      const result = await judged(key === 'image' ? web() : web(`${key}: ${values[key] ?? ''}`));
      const code = key === 'deploy' || key === 'scale' ? 'replicas' : key;
      if (how === 'refused') {
        assert.equal(
          result.ok || result.refusals.map((one) => [one.code, one.place?.line, one.place?.column]),
          [[key, 4, 5]],
          key,
        );
        assert.match(result.ok ? '' : (result.refusals[0]?.text.en ?? ''), new RegExp(`^"${key}" is not allowed: .{20}`));
      } else assert.equal(result.ok && result.notes.map((one) => one.code), how === 'noted' ? [code] : [], key);
    }
  });

test('keys of the top level', async () => {
  for (const key of ['include', 'secrets', 'configs', 'models']) {
    const result = await judged(web('', `${key}: {}\n`));
    assert.equal(result.ok || result.refusals.map(({ code }) => code), [key]);
  }
  const result = await judged(web('', 'version: 3\nname: a\nnetworks:\nvolumes:\nx-any: {privileged: true}\n'));
  assert.equal(result.ok && result.notes.map(({ code }) => code), ['name']);
});

test.run();
