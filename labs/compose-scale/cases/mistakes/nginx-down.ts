import { LabError } from '../../../../src/lab/error.ts';
import type { Mistake, Scenario } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { labels } from '../helpers.ts';
import { ask, asked, logMount, replaced, upWith } from '../nginx-helpers.ts';

const at = 'nginx/down';

/** Runs `down` while a network is in use. The network is kept: Compose 2 warns, Compose 1 exits with 1. */
const downInVain = async (hands: Scenario): Promise<void> => {
  try {
    await hands.compose`down`;
  } catch (error) {
    if (!(error instanceof LabError && error.code === 'E_COMMAND_FAILED')) throw error;
  }
};

const extra = (hands: Scenario): string =>
  `  watcher:\n    image: redis:8.0\n    init: true\n    network_mode: none\n    labels: ${labels(hands)}\n`;

export const downMistakes: readonly Mistake[] = [
  {
    id: 'stopped-only',
    at,
    what: text('`stop` in place of `down`', '用 `stop` 而不是 `down`'),
    given: asked,
    make: async (hands) => {
      await hands.compose`stop`;
    },
    caughtBy: 'containers-are-gone',
    message: /no container of the project \S+-nginx \| \S+ exited, .* \| docker compose down/,
  },
  {
    id: 'removed-but-the-networks',
    at,
    what: text('`stop` and `rm`: the networks are left', '`stop` 再 `rm`，網路還留著'),
    given: asked,
    make: async (hands) => {
      await hands.compose`stop`;
      await hands.compose`rm -f`;
    },
    caughtBy: 'networks-are-gone',
    message: /no network of the project \S+ \| \S+backend, \S+frontend; no container uses it any more: .* \| docker compose down/,
  },
  {
    id: 'nginx-alone-removed',
    at,
    what: text('removed nginx alone', '只移除了 nginx'),
    given: asked,
    make: async (hands) => {
      await hands.compose`rm -s -f nginx`;
    },
    caughtBy: 'containers-are-gone',
    message:
      /\| (flask running, redis-server running|redis-server running, flask running); only nginx was removed \| .*docker compose down/,
  },
  {
    id: 'another-project-down',
    at,
    what: text('took another project down (`-p`)', '移除的是另一個專案（`-p`）'),
    given: asked,
    make: async (hands) => {
      await hands.compose`-p ${hands.other} down`;
    },
    caughtBy: 'containers-are-gone',
    message: /no container of the project \S+-nginx \| .*running.* \| docker compose down/,
  },
  {
    id: 'a-guest-on-the-network',
    at,
    what: text('a container made by hand still sits on the frontend', '手動建立的容器還連著 frontend'),
    given: asked,
    make: async (hands) => {
      const [nginx] = await hands.replicas('nginx');
      const frontend = Object.keys(nginx?.networks ?? {})[0] ?? '';
      await hands.sh`docker run -d --init ${hands.mark} --name ${`${hands.project}-guest`} --network ${frontend} redis:8.0`;
      await downInVain(hands);
    },
    caughtBy: 'networks-are-gone',
    // Compose 1 stops at the first network that it cannot remove, so the backend may be left too.
    message:
      /\| (?:\S+backend, )?\S+frontend; in use by (\S+-guest), which `docker compose down` does not stop \| .*docker stop \1/,
  },
  {
    id: 'an-orphan',
    at,
    what: text(
      'took a service out of compose.yaml, then `down`: its container is left',
      '先從 compose.yaml 刪掉一個服務再 `down`，它的容器還在',
    ),
    given: async (hands) => {
      await hands.edit('compose.yaml', replaced('\nnetworks:', `${extra(hands)}\nnetworks:`));
      await asked(hands);
    },
    make: async (hands) => {
      await hands.edit('compose.yaml', replaced(extra(hands), ''));
      await hands.compose`down`;
    },
    caughtBy: 'containers-are-gone',
    message: /\| watcher running; compose\.yaml no longer has the service watcher, .* \| .*--remove-orphans/,
  },
  {
    id: 'logs-deleted',
    at,
    what: text('deleted the logs on the host as well', '把主機上的日誌也刪了'),
    given: asked,
    make: async (hands) => {
      await hands.compose`down`;
      await hands.sh`rm -rf var`;
    },
    caughtBy: 'logs-are-still-on-the-host',
    message:
      /lines in var\/log\/nginx\/access\.log on the host \| no plain file there; var\/log\/nginx is mounted \(compose\.yaml:23\), .*was deleted there/,
  },
  {
    id: 'logs-gone-with-the-volume',
    at,
    what: text('kept the logs in a volume, and `down -v` took it', '日誌放在 volume 裡，`down -v` 一起移除了'),
    given: async (hands) => {
      await upWith(
        replaced(logMount, 'logs:/var/log/nginx'),
        replaced('\nnetworks:', `\nvolumes:\n  logs:\n    labels: ${labels(hands)}\n\nnetworks:`),
      )(hands);
      await ask(hands);
    },
    make: async (hands) => {
      await hands.compose`down -v`;
    },
    caughtBy: 'logs-are-still-on-the-host',
    message: /no plain file there; the log was in the volume logs \(compose\.yaml:23\), .*`down -v` removes volumes \|/,
  },
];
