import {
  containersGone,
  defineLab,
  defineStack,
  defineTutorial,
  type Gate,
  hasReplicas,
  networksGone,
  pageIs,
  publishes,
  removedByStep,
  requires,
  verbatim as text,
} from 'labwright';

const site = defineStack({
  id: 'site',
  dir: 'site',
  services: { web: { name: 'web', port: 80 } },
  probeFrom: 'web',
  published: { role: 'web', containerPort: 80, hostPort: 8080, variable: 'WEB_PORT' },
  files: { page: 'page/index.html' },
});

const serve = defineLab({
  id: 'serve',
  title: text('Serve a page'),
  stack: site,
  steps: [
    {
      id: 'start',
      title: text('Start the server'),
      teach: text('`up -d` starts the container in the background. Its page is a file of the host, mounted read-only.'),
      task: text('Start the stack in the background.'),
      show: [{ file: 'compose.yaml', lines: ['./page:/usr/share/nginx/html:ro'] }],
      hints: [
        text('One command starts everything in compose.yaml.'),
        text('It keeps the terminal unless it runs in the background.'),
        text('docker compose up -d'),
      ],
      run: async (stack) => {
        await stack.compose`up -d`;
        await stack.curl(1);
      },
      verify: [
        hasReplicas('web', 1),
        ...requires(['web-has-1-replica'], publishes('web'), pageIs({ path: '/', status: 200, contains: 'Hello' }, 'page-hello')),
      ],
    },
    {
      id: 'remove',
      title: text('Remove it'),
      teach: text('`down` stops and removes the container, and removes the network.'),
      task: text('Remove the container and the network.'),
      hints: [
        text('One command undoes what `up` did.'),
        text('It also removes the network, unlike `stop` and `rm`.'),
        text('docker compose down'),
      ],
      run: (stack) => stack.compose`down`,
      verify: [removedByStep(containersGone('down')), removedByStep(networksGone())],
    },
  ],
});

export default defineTutorial({
  id: 'my-lab',
  title: text('A page from a container'),
  languages: ['en'],
  stacks: { site },
  labs: [serve],
});

/** What the checks are tested with: `lab test`. */
export const gate: Gate = {
  mistakes: [
    {
      id: 'not-started',
      at: 'serve/start',
      what: text('Created the container, and did not start it'),
      make: (hands) => hands.compose`create`,
      caughtBy: 'web-has-1-replica',
      message: /created/,
    },
    {
      id: 'only-stopped',
      at: 'serve/remove',
      what: text('Stopped the container, and did not remove it'),
      given: (hands) => hands.compose`up -d`,
      make: (hands) => hands.compose`stop`,
      caughtBy: 'containers-are-gone',
      message: /web exited/,
    },
  ],
  equivalents: [],
};
