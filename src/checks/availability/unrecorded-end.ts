import { LabError } from '../../lab/error.ts';
import type { Replica } from '../../lab/facts.ts';
import { text } from '../../lab/text.ts';
import { short } from '../evidence/stack-facts.ts';

/** Why a claim about the end of a container can not be judged: Docker missed it. E_PROBE. */
export const unrecordedEnd = ({ id, service }: Replica): LabError =>
  new LabError(
    'E_PROBE',
    text(
      `Docker has no record of when and how a container of ${service} ended (${short(id)}): it can miss the end of one under load`,
      `Docker 沒有記錄 ${service} 的容器（${short(id)}）何時、如何結束：負載高時，Docker 可能漏記容器的結束`,
    ),
    text(
      'start the stack again with `docker compose up -d`, and repeat the step',
      '請用 `docker compose up -d` 重新啟動，再重做這一步',
    ),
  );
