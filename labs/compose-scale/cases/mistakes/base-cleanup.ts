import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { pause, ready, three, up } from '../helpers.ts';

/** Mistakes in stopping and removing. */
export const cleanupMistakes: readonly Mistake[] = [
  {
    id: 'stopped-flask-alone',
    at: 'cleanup/stop',
    what: text('stopped flask alone', '只停止 flask'),
    given: three,
    make: async (hands) => {
      await hands.compose`stop flask`;
    },
    caughtBy: 'all-containers-exited',
    message: /redis-server running.*; only flask was stopped \| name no service: docker compose stop/,
  },
  {
    id: 'down-in-place-of-stop',
    at: 'cleanup/stop',
    what: text('took all down in place of stopping', '用 `down` 而不是 `stop`'),
    given: up,
    make: async (hands) => {
      await hands.compose`down`;
    },
    caughtBy: 'all-containers-exited',
    message: /none removed \| no container is left \| .*docker compose stop/,
  },
  {
    id: 'paused-in-place-of-stop',
    at: 'cleanup/stop',
    what: text('paused all in place of stopping', '用 `pause` 而不是 `stop`'),
    given: async (hands) => {
      await up(hands);
      await ready(hands);
    },
    make: async (hands) => {
      for (const role of ['flask', 'redis', 'client']) for (const { id } of await hands.replicas(role)) await pause(hands, id);
    },
    caughtBy: 'all-containers-exited',
    message: /flask paused.*docker compose stop/,
  },
  {
    id: 'stopped-another-project',
    at: 'cleanup/stop',
    what: text('stopped a second project', '停止的是另一個專案'),
    given: up,
    make: async (hands) => {
      await hands.compose`-p ${hands.other} up -d`;
      await hands.compose`-p ${hands.other} stop`;
    },
    caughtBy: 'all-containers-exited',
    message:
      /flask running.*; the containers of another project of this folder, \S+-other, were stopped instead .*docker compose stop/,
  },
  {
    id: 'stopped-and-left',
    at: 'cleanup/rm',
    what: text('stopped, and removed nothing', '停止了，但沒有移除'),
    given: up,
    make: async (hands) => {
      await hands.compose`stop`;
    },
    caughtBy: 'containers-are-gone',
    message: /flask exited.*\| docker compose rm$/,
  },
  {
    id: 'removed-one-service',
    at: 'cleanup/rm',
    what: text('removed flask alone', '只移除 flask'),
    given: up,
    make: async (hands) => {
      await hands.compose`stop`;
      await hands.compose`rm -f flask`;
    },
    caughtBy: 'containers-are-gone',
    message: /client exited.*; only flask was removed \| name no service: docker compose rm$/,
  },
  {
    id: 'removed-what-runs',
    at: 'cleanup/rm',
    what: text('`rm` without a `stop`: nothing is removed', '沒有 `stop` 就 `rm`：什麼都沒移除'),
    given: up,
    make: async (hands) => {
      await hands.compose`rm -f`;
    },
    caughtBy: 'containers-are-gone',
    message: /flask running.*docker compose stop, then docker compose rm/,
  },
  {
    id: 'removed-another-project',
    at: 'cleanup/rm',
    what: text('removed the containers of a second project', '移除的是另一個專案的容器'),
    given: async (hands) => {
      await hands.compose`up -d`;
      await hands.compose`stop`;
    },
    make: async (hands) => {
      await hands.compose`-p ${hands.other} up --no-start`;
      await hands.compose`-p ${hands.other} rm -f`;
    },
    caughtBy: 'containers-are-gone',
    message:
      /flask exited.*; the containers of another project of this folder, \S+-other, were removed instead .*: docker compose rm$/,
  },
  {
    id: 'down-in-place-of-rm',
    at: 'cleanup/rm',
    what: text('took all down: the network is gone too', '用 `down`：連網路都移除了'),
    given: up,
    make: async (hands) => {
      await hands.compose`down`;
    },
    caughtBy: 'network-is-still-there',
    message: /no network of this project.*`down` removes networks too/,
  },
];
