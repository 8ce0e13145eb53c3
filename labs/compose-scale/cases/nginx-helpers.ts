import type { Scenario } from '../../../src/lab/gate-case.ts';

/** What the cases of the lab `nginx` have in common: how a student brings the stack to where they go wrong. */

type Change = (text: string) => string;

export const up = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d`;
};

export const scale = async (hands: Scenario): Promise<void> => {
  await hands.compose`up -d --scale flask=3`;
};

/** Waits until every replica that nginx can see takes requests. */
const ready = async (hands: Scenario): Promise<void> => {
  const each =
    "for a in $(getent ahostsv4 flask | cut -d' ' -f1 | sort -u); do until curl -s -o /dev/null $a:5000/health; do sleep 0.1; done; done";
  await hands.compose`exec nginx timeout 20 sh -c ${each}`;
};

/** The step `scale` done as it should be: three replicas, and each of them takes requests. */
export const scaled = async (hands: Scenario): Promise<void> => {
  await up(hands);
  await scale(hands);
  await ready(hands);
};

/** Asks a few times, once the app is there. */
export const ask = async (hands: Scenario): Promise<void> => {
  await ready(hands);
  await hands.curl(4);
};

/** The step `single` done as it should be: started, and asked. */
export const asked = async (hands: Scenario): Promise<void> => {
  await up(hands);
  await ask(hands);
};

/** Started with a Compose file that was changed before. */
export const upWith =
  (...changes: readonly Change[]) =>
  async (hands: Scenario): Promise<void> => {
    for (const change of changes) await hands.edit('compose.yaml', change);
    await up(hands);
  };

/** Started with another configuration of nginx, and asked. */
export const askedWith =
  (conf: string) =>
  async (hands: Scenario): Promise<void> => {
    await hands.write('nginx/nginx.conf', conf);
    await asked(hands);
  };

/** Another configuration, in the same file, that nginx then starts with. */
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

/** nginx's own part of the Compose file: its networks are the last that the services name. */
const nginxNetworks = '    networks: [frontend]\n';
export const addToNginx = (lines: string): Change => replaced(nginxNetworks, `${lines}${nginxNetworks}`);

/** flask's own part of the Compose file. */
export const addToFlask = (lines: string): Change => replaced('    environment:\n', `${lines}    environment:\n`);

export const confMount = './nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro';
export const logMount = './var/log/nginx:/var/log/nginx';

/** A site that passes everything on to `to`; `more` stands before it, `inside` in its location. */
export const site = (to: string, { more = '', inside = '' } = {}): string =>
  `${more}\nserver {\n  listen 80;\n  location / {\n    ${inside}\n    proxy_pass ${to};\n  }\n}\n`;

/** A group of servers by the name of `app`, and a site that passes everything on to it. */
export const group = (servers: string, inside = ''): string =>
  site('http://app', { more: `upstream app {\n${servers}\n}`, inside });

/** Waits until all containers of a role have ended. */
export const ended = async (hands: Scenario, role: string): Promise<void> => {
  await hands.sh`docker wait ${(await hands.replicas(role)).map(({ id }) => id)}`;
};
