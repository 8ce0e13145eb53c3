import { defineStack } from '../../src/lab/define.ts';
import { locateNginxFiles, readNginxConf, writeNginxConf } from './nginx-conf.ts';
import { nginxConfFault, nginxPreference, nginxRewrite } from './nginx-conf-fault.ts';
import { trustedApp } from './trusted-app.ts';
import { unsupportedIn } from './unsupported.ts';

const flask = {
  ...{ name: 'flask', port: 5000, readyPath: '/health', build: 'flask', imageVariable: 'FLASK_IMAGE' },
  // flask.palletsprojects.com/en/stable/cli: options of `flask run` have a variable each
  portVariable: 'FLASK_RUN_PORT',
};
const redis = { name: 'redis-server', families: ['redis', 'valkey', 'keydb', 'redis-stack', 'redis-stack-server'] };
const clients = ['netshoot', 'net-box', 'network-multitool', 'curl', 'busybox'];
const proxies = ['nginx', 'nginx-unprivileged', 'openresty', 'angie'];

/** Three services on one network; requests are sent from the client. */
export const base = defineStack({
  id: 'base',
  dir: 'base',
  services: { flask, redis, client: { name: 'client', families: clients } },
  probeFrom: 'client',
});

/** nginx in front of flask, on two networks. */
export const proxied = defineStack({
  id: 'nginx',
  dir: 'nginx',
  services: { flask, redis, nginx: { name: 'nginx', port: 80, families: proxies } },
  probeFrom: 'nginx',
  proxy: {
    role: 'nginx',
    upstream: 'flask',
    confDir: '/etc/nginx',
    confFiles: ['nginx.conf', 'conf.d/*'],
    // nginx.org/en/docs/control.html: a worker that has stopped accepting has another title
    reload: { signal: 'HUP', accepts: (commandLine) => commandLine.trim() === 'nginx: worker process' },
    readConf: readNginxConf,
    writeConf: writeNginxConf,
    faultIn: nginxConfFault,
    preferenceIn: nginxPreference,
    rewriteIn: nginxRewrite,
    // nginx.org/en/docs/switches.html; the main process puts its command line in its title (src/os/unix/ngx_process_cycle.c)
    otherConfIn: (commandLine) =>
      /^nginx: master process .*\s-c\s?(?!\/etc\/nginx\/nginx\.conf\s)(\/\S{1,200})/.exec(`${commandLine} `)?.[1],
    locateFiles: locateNginxFiles,
    unsupportedIn,
  },
  trusted: trustedApp,
  published: { role: 'nginx', containerPort: 80, hostPort: 8000, variable: 'NGINX_PORT' },
  files: { conf: 'nginx/nginx.conf', logs: 'var/log/nginx', access: 'var/log/nginx/access.log' },
});
