import type { Scenario } from '../../../src/lab/gate-case.ts';

/** Helpers for the cases of the lab `nginx`: how a student reaches the state in which a case begins. */

type Change = (text: string) => string;

export const up = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d`;
};

export const scale = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d --scale flask=3`;
};

/** Waits until every replica that nginx can resolve accepts requests. */
const ready = async (hands: Scenario): Promise<void> => {
  const each =
    "for a in $(getent ahostsv4 flask | cut -d' ' -f1 | sort -u); do until curl -s -o /dev/null $a:5000/health; do sleep 0.1; done; done";
  await hands.compose`exec nginx timeout 60 sh -c ${each}`;
};

/** Performs the step `scale` correctly: three replicas that accept requests. */
export const scaled = async (hands: Scenario): Promise<void> => {
  await up(hands);
  await scale(hands);
  await ready(hands);
};

/** Sends a few requests as soon as the app accepts them. */
export const ask = async (hands: Scenario): Promise<void> => {
  await ready(hands);
  await hands.curl(4);
};

/** Performs the step `single` correctly: starts the stack and sends requests. */
export const asked = async (hands: Scenario): Promise<void> => {
  await up(hands);
  await ask(hands);
};

/** Changes the Compose file, then starts the stack. */
export const upWith =
  (...changes: readonly Change[]) =>
  async (hands: Scenario): Promise<void> => {
    for (const change of changes) await hands.edit('compose.yaml', change);
    await up(hands);
  };

/** Starts the stack with another nginx configuration and sends requests. */
export const askedWith =
  (conf: string) =>
  async (hands: Scenario): Promise<void> => {
    await hands.write('nginx/nginx.conf', conf);
    await asked(hands);
  };

/** Writes another configuration to the same file, then restarts nginx. */
export const restartedWith =
  (conf: (names: readonly string[]) => string) =>
  async (hands: Scenario): Promise<void> => {
    const replicas = await hands.replicas('flask');
    await hands.edit('nginx/nginx.conf', () => conf(replicas.map(({ name }) => name)));
    await hands.compose`restart nginx`;
  };

export const replaced =
  (from: string | RegExp, to: string): Change =>
  (text) =>
    text.replace(from, () => to);

/** The line `networks` of nginx in the Compose file; `addToNginx` inserts lines before it. */
const nginxNetworks = '    networks: [frontend]\n';
export const addToNginx = (lines: string): Change => replaced(nginxNetworks, `${lines}${nginxNetworks}`);

/** Adds lines to the service flask in the Compose file. */
export const addToFlask = (lines: string): Change => replaced('    environment:\n', `${lines}    environment:\n`);

export const confMount = './nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro';
export const logMount = './var/log/nginx:/var/log/nginx';

/** A site that proxies all requests to `to`. `more` is placed before the server block, `inside` in its location. */
export const site = (to: string, { more = '', inside = '' } = {}): string =>
  `${more}\nserver {\n  listen 80;\n  location / {\n    ${inside}\n    proxy_pass ${to};\n  }\n}\n`;

/** An upstream `app` with these servers, and a site that proxies all requests to it. */
export const group = (servers: string, inside = ''): string =>
  site('http://app', { more: `upstream app {\n${servers}\n}`, inside });

/** Waits until all containers of a role have exited. */
export const ended = async (hands: Scenario, role: string): Promise<void> => {
  await hands.sh`docker wait ${(await hands.replicas(role)).map(({ id }) => id)}`;
};
