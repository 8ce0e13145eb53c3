import type { Gate, Hands } from '../../src/lab/gate.ts';
import { text } from '../../src/lab/text.ts';

const up = async (hands: Hands): Promise<void> => {
  await hands.compose`up -d`;
};

/** Wrong states that the checks must catch, and other right ways that they must let pass. */
export const gate: Gate = {
  mistakes: [
    {
      id: 'scaled-the-wrong-service',
      at: 'scale/out',
      what: text('scaled redis-server in place of flask', '把 redis-server 擴展了，而不是 flask'),
      given: up,
      make: async (hands) => {
        await hands.compose`up -d --scale redis-server=3`;
      },
      caughtBy: 'flask-has-3-replicas',
      says: /saw|1 running/,
    },
  ],
  equivalents: [
    {
      id: 'scale-command',
      at: 'scale/out',
      what: text('used `docker compose scale`', '使用 `docker compose scale`'),
      given: up,
      make: async (hands) => {
        await hands.compose`scale flask=3`;
      },
    },
  ],
};
