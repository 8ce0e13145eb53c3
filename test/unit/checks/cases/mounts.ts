import { type Cases, fail, pass } from '../../../fixtures/english-verdict.ts';
import { file, nginx, stackFacts } from '../../../fixtures/facts.ts';

const conf = '/etc/nginx/conf.d/default.conf';
const addConf = `under \`volumes:\` of nginx: ./nginx/nginx.conf:${conf}:ro`;
const addReadOnly = (line: string) => `add \`:ro\` to that line: ${line}:ro`;
const readOnly = `a read-only bind mount at ${conf} of nginx`;
const anew = 'recreate the container: docker compose up -d --force-recreate nginx';

/** nginx with one mount, in a stack in the folder `/x`. */
const withMount = (over: object) => ({
  ...stackFacts([
    nginx({ mounts: [{ type: 'bind', source: '/x/nginx/nginx.conf', destination: conf, writable: false, ...over }] }),
  ]),
  dir: '/x',
  source: 'nginx/nginx.conf',
});
const compared = (inside: string, onHost: object = file('abc', 'aa'), over: object = { path: 'nginx/nginx.conf' }) => ({
  ...withMount({}),
  file: onHost,
  inside,
  ...over,
});

const addLogs = 'under `volumes:` of nginx: ./var/log/nginx:/var/log/nginx';
const logFolder = 'a writable bind mount of var/log/nginx at /var/log/nginx';
const logMount = (over: object) => ({
  ...withMount({ source: '/x/var/log/nginx', destination: '/var/log/nginx', writable: true, ...over }),
  source: 'var/log/nginx',
});

export const mounts: Cases = {
  'conf-is-mounted-read-only': [
    { name: 'it is', facts: withMount({}), verdict: pass(`at ${conf}, read-only`) },
    {
      name: 'the folder that it is in',
      facts: withMount({ source: '/x/nginx', destination: '/etc/nginx/conf.d' }),
      verdict: pass('at /etc/nginx/conf.d, read-only'),
    },
    {
      name: "in the place of the whole server's configuration",
      facts: withMount({ destination: '/etc/nginx/nginx.conf' }),
      verdict: pass('at /etc/nginx/nginx.conf, read-only'),
    },
    {
      name: 'writable',
      facts: withMount({ writable: true }),
      verdict: fail(readOnly, 'a writable bind mount', addReadOnly(`./nginx/nginx.conf:${conf}`)),
    },
    {
      name: "in the place of the whole server's configuration, writable",
      facts: withMount({ destination: '/etc/nginx/nginx.conf', writable: true }),
      verdict: fail(
        readOnly.replace(conf, '/etc/nginx/nginx.conf'),
        'a writable bind mount',
        addReadOnly('./nginx/nginx.conf:/etc/nginx/nginx.conf'),
      ),
    },
    {
      name: 'by another name on the host, writable',
      facts: withMount({ source: '/x/conf/site.conf', writable: true }),
      verdict: fail(readOnly, 'a writable bind mount', addReadOnly(`./conf/site.conf:${conf}`)),
    },
    {
      name: 'its folder, writable',
      facts: withMount({ source: '/x/nginx', destination: '/etc/nginx/conf.d', writable: true }),
      verdict: fail(
        readOnly.replace(conf, '/etc/nginx/conf.d'),
        'a writable bind mount',
        addReadOnly('./nginx:/etc/nginx/conf.d'),
      ),
    },
    { name: 'a volume', facts: withMount({ type: 'volume' }), verdict: fail(readOnly, 'a volume', addConf) },
    {
      name: "beside the image's own",
      facts: withMount({ destination: '/etc/nginx/conf.d/flask.conf' }),
      verdict: fail(readOnly, 'nginx/nginx.conf is mounted at /etc/nginx/conf.d/flask.conf', addConf),
    },
    {
      name: 'something else, somewhere else',
      facts: withMount({ source: '/x/other', destination: '/etc/other' }),
      verdict: fail(readOnly, 'nothing is mounted there', addConf),
    },
  ],
  'conf-is-the-same-file': [
    { name: 'it is', facts: compared('aa'), verdict: pass('nginx/nginx.conf: 3 bytes, the same') },
    {
      name: 'by another name on the host',
      facts: compared('aa', file('abc', 'aa'), { path: 'conf.d/flask.conf' }),
      verdict: pass('conf.d/flask.conf: 3 bytes, the same'),
    },
    {
      name: 'an editor has replaced it',
      facts: compared('bb'),
      verdict: fail(
        'the bytes of nginx/nginx.conf',
        'nginx reads something else: the file was replaced after the container was made',
        anew,
      ),
    },
    {
      name: 'nothing inside',
      facts: compared(''),
      verdict: fail('the bytes of nginx/nginx.conf', `nginx reads nothing at ${conf}`, anew),
    },
    {
      name: 'mounted from elsewhere',
      facts: compared('aa', { kind: 'absent' }, {}),
      verdict: fail(
        'the bytes of nginx/nginx.conf',
        'what nginx reads is no file of this folder',
        `${addConf}, then docker compose up -d`,
      ),
    },
    {
      name: 'nginx does not run',
      facts: { ...compared('', file('abc', 'aa'), {}), replicas: [] },
      verdict: fail(
        'the bytes of nginx/nginx.conf',
        'nginx is not running',
        'compose.yaml needs a service nginx that mounts nginx/nginx.conf and keeps running',
      ),
    },
    {
      name: 'a link on the host',
      facts: compared('aa', { kind: 'not-a-file' }),
      verdict: fail('the bytes of nginx/nginx.conf', 'nginx/nginx.conf on the host is no plain file', anew),
    },
  ],
  'log-folder-is-mounted': [
    { name: 'it is', facts: logMount({}), verdict: pass('mounted, writable') },
    {
      name: 'another folder',
      facts: logMount({ source: '/x/logs' }),
      verdict: fail(logFolder, 'another folder: /x/logs', addLogs),
    },
    {
      name: "the host's own folder of that name",
      facts: logMount({ source: '/var/log/nginx' }),
      verdict: fail(logFolder, 'another folder: /var/log/nginx', addLogs),
    },
    {
      name: 'a longer folder name with the same start',
      facts: logMount({ source: '/x/var/log/nginx2' }),
      verdict: fail(logFolder, 'another folder: /x/var/log/nginx2', addLogs),
    },
    {
      name: 'below the folder of a virtual machine',
      facts: logMount({ source: '/host_mnt/x/var/log/nginx' }),
      verdict: pass('mounted, writable'),
    },
    {
      name: 'a volume',
      facts: logMount({ type: 'volume', source: 'p_logs' }),
      verdict: fail(logFolder, 'a volume (p_logs)', addLogs),
    },
    {
      name: 'read-only',
      facts: logMount({ writable: false }),
      verdict: fail(logFolder, 'it is mounted read-only', addLogs),
    },
    {
      name: 'nothing',
      facts: { ...logMount({}), replicas: [nginx()] },
      verdict: fail(logFolder, 'nothing is mounted there', addLogs),
    },
  ],
};
