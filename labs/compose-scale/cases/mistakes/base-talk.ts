import type { Mistake, Scenario } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, curl, gives, ping, ready, up } from '../helpers.ts';

const talk = async (hands: Scenario): Promise<void> => {
  await up(hands);
  await ready(hands);
  await ping(hands);
  await curl(hands);
};

/** Mistakes in flask's answers and its name. */
export const talkMistakes: readonly Mistake[] = [
  {
    id: 'alias-on-redis',
    at: 'setup/talk',
    what: text('gave redis-server the alias `flask`', '給 redis-server 取了別名 `flask`'),
    make: async (hands) => {
      await gives(hands, 'redis-server', 'networks: { default: { aliases: [flask] } }');
      await up(hands);
      await ping(hands);
      await hands.compose`exec client timeout 20 sh -c ${'until curl -sS flask:5000; do sleep 0.1; done'}`;
    },
    caughtBy: 'dns-knows-flask',
    message: /compose\.yaml:11 gives redis-server the alias `flask`.* \| remove that alias from compose\.yaml:11/,
  },
  {
    id: 'off-the-network',
    at: 'setup/talk',
    what: text('disconnected flask from the network', '把 flask 從網路中斷開'),
    given: up,
    make: async (hands) => {
      await ready(hands);
      await ping(hands);
      await curl(hands);
      for (const one of await hands.replicas('flask'))
        await hands.sh`docker network disconnect ${`${hands.project}_default`} ${one.id}`;
    },
    caughtBy: 'dns-knows-flask',
    message: /is not on the same network as client.*--force-recreate/,
  },
  {
    id: 'answers-with-a-fixed-name',
    at: 'setup/talk',
    what: text('the app answers with a name that is written in it', '應用程式回應寫死的名稱'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['socket.gethostname()', '"flask"']);
      await talk(hands);
    },
    caughtBy: 'flask-answers-with-its-hostname',
    message: /the hostname of a replica: \w+ .*my hostname is flask.*socket\.gethostname\(\)/,
  },
  {
    id: 'answers-without-a-number',
    at: 'setup/talk',
    what: text('the app does not say the number', '應用程式沒有回應數字'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['{count} times', 'many times']);
      await talk(hands);
    },
    caughtBy: 'counter-rises',
    message: /one number in each answer.*many times.*the counter's number/,
  },
  {
    id: 'redis-stopped',
    at: 'setup/talk',
    what: text('stopped redis-server', '停止了 redis-server'),
    given: talk,
    make: async (hands) => {
      await hands.compose`stop redis-server`;
    },
    caughtBy: 'dns-knows-redis',
    message: /1 address\(es\) for redis-server.*; \w+ was stopped from outside .* \| start it again: docker compose up -d/,
  },
];
