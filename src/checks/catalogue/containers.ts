import { z } from 'zod';
import { text } from '../../lab/text.ts';
import { allExited, containersGone, networkRemains, networksGone, removedByStep } from '../cleanup.ts';
import { isHealthy } from '../health.ts';
import { imagesExist } from '../images.ts';
import { hasOwnAddresses, hasReplicas, isUntouched, othersAreGone } from '../replicas.ts';
import { startedBefore, startedBeforeYoungest, waitsForHealthy } from '../start-order.ts';
import { mountedVolume, volumeExists, volumeGone } from '../volumes.ts';
import { described, entry, of, ofSome, role } from './entry.ts';

const none = z.strictObject({});
const volume = z
  .strictObject({
    name: described(z.string().min(1), 'its name in the Compose file', 'Compose 檔裡的名稱'),
    exists: described(z.boolean(), 'false: the step removed it', 'false：這一步已將它移除').default(true),
    of: role.optional(),
    at: described(z.string().startsWith('/'), 'a path in the container', '容器裡的路徑').optional(),
  })
  .refine((one) => (one.of === undefined) === (one.at === undefined), 'write `of` and `at`, or neither')
  .refine((one) => one.exists || one.of === undefined, 'a volume that is removed is mounted nowhere: leave out `of` and `at`');

/** Claims about containers and images. */
export const containers = [
  entry({
    name: 'replicas',
    what: text('A service has this many running replicas.', '服務有這麼多個執行中的副本。'),
    params: ofSome,
    example: 'replicas: { of: web, count: 3 }',
    roles: (params) => [params.of],
    after: [],
    make: (params) => [hasReplicas(params.of, params.count)],
  }),
  entry({
    name: 'addresses',
    what: text('Each replica of a service has an address of its own.', '服務的每個副本都有自己的位址。'),
    params: ofSome,
    example: 'addresses: { of: web, count: 3 }',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: (params) => [hasOwnAddresses(params.of, params.count)],
  }),
  entry({
    name: 'untouched',
    what: text('The step has not restarted or replaced the containers of a service.', '這一步沒有重新啟動或取代服務的容器。'),
    params: of,
    short: 'of',
    example: 'untouched: db',
    roles: (params) => [params.of],
    after: [],
    make: (params) => [isUntouched(params.of)],
  }),
  entry({
    name: 'others-removed',
    what: text(
      'Of the replicas before the step, this many are left, and the others are removed.',
      '這一步之前的副本留下這麼多個，其他的都已移除。',
    ),
    params: ofSome,
    example: 'others-removed: { of: web, count: 1 }',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: (params) => [othersAreGone(params.of, params.count)],
  }),
  entry({
    name: 'healthy',
    what: text('The health check of every replica of a service passes.', '服務每個副本的健康檢查都通過。'),
    params: of,
    short: 'of',
    example: 'healthy: db',
    roles: (params) => [params.of],
    after: ['replicas', 'restarted'],
    make: (params) => [isHealthy(params.of)],
  }),
  entry({
    name: 'started-before',
    what: text('A service was started before another.', '服務比另一個服務先啟動。'),
    params: z.strictObject({ of: role, other: role }),
    example: 'started-before: { of: db, other: web }',
    roles: (params) => [params.of, params.other],
    after: ['replicas'],
    make: (params) => [startedBefore(params.of, params.other)],
  }),
  entry({
    name: 'waits-for',
    what: text(
      'Compose starts a service only when another is healthy.',
      '另一個服務健康（healthy）之後，Compose 才會啟動這個服務。',
    ),
    params: z.strictObject({ of: role, other: role }),
    example: 'waits-for: { of: web, other: db }',
    roles: (params) => [params.of, params.other],
    after: ['replicas'],
    make: (params) => [waitsForHealthy(params.of, params.other)],
  }),
  entry({
    name: 'not-restarted',
    what: text('A service has run since before the newest replica of another.', '服務在另一個服務最新的副本啟動之前就已在執行。'),
    params: z.strictObject({ of: role, since: role }),
    example: 'not-restarted: { of: proxy, since: web }',
    roles: (params) => [params.of, params.since],
    after: ['replicas'],
    make: (params) => [startedBeforeYoungest(params.of, params.since)],
  }),
  entry({
    name: 'images',
    what: text(
      'The images to pull exist, and that of a service is built from its own Dockerfile.',
      '要下載的映像檔都已存在，而且服務的映像檔是用它自己的 Dockerfile 建置的。',
    ),
    params: z.strictObject({ built: role }),
    short: 'built',
    example: 'images: web',
    roles: (params) => [params.built],
    after: [],
    make: (params) => imagesExist(params.built),
  }),
  entry({
    name: 'stopped',
    what: text('Every container of the project has stopped, and none is removed.', '專案的每個容器都已停止，但都還沒移除。'),
    params: none,
    example: 'stopped',
    roles: () => [],
    after: [],
    make: () => [allExited()],
  }),
  entry({
    name: 'removed',
    what: text(
      "The project's containers are removed; with `networks: true` its networks too.",
      '專案的容器都已移除；加上 `networks: true` 時，網路也都移除。',
    ),
    params: z.strictObject({ networks: described(z.boolean(), 'its networks, too', '網路也要移除').default(false) }),
    short: 'networks',
    example: 'removed: { networks: true }',
    roles: () => [],
    after: [],
    make: (params) =>
      [containersGone(params.networks ? 'down' : 'rm'), ...(params.networks ? [networksGone()] : [])].map(removedByStep),
  }),
  entry({
    name: 'volume',
    what: text(
      'A named volume of the project exists; with `of` and `at`, a service has it at a path; with `exists: false`, the step removed it.',
      '專案的具名磁碟區存在；加上 `of` 和 `at` 時，服務把它掛載於某個路徑；加上 `exists: false` 時，這一步已將它移除。',
    ),
    params: volume,
    short: 'name',
    example: 'volume: { name: data, of: db, at: /var/lib/postgresql/data }',
    roles: ({ of: at }) => (at === undefined ? [] : [at]),
    after: ['replicas', 'removed'],
    make: ({ name, exists, of: user, at }) => {
      if (!exists) return [volumeGone(name)];
      return user === undefined || at === undefined ? [volumeExists(name)] : [mountedVolume(name, { role: user, at })];
    },
  }),
  entry({
    name: 'network-remains',
    what: text("The project's network still exists.", '專案的網路還在。'),
    params: none,
    example: 'network-remains',
    roles: () => [],
    after: [],
    make: () => [networkRemains()],
  }),
];
