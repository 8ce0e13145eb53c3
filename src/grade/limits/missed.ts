import { shown } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { SeenRequests } from '../build-network/build-network.ts';
import { defaultPorts } from '../build-network/package-hosts.ts';
import type { Missed } from '../build-network/proxy-rules.ts';

/**
 * What a failed build asked the proxy for and did not get; undefined: nothing. What other builds may have asked for too counts only if the output names
 * its host.
 */
export function missedBy({ missed, anonymous }: SeenRequests, output: readonly string[]): Missed | undefined {
  const named = anonymous.filter(({ host }) => output.some((line) => line.includes(host)));
  const all = [...missed, ...named];
  return all.find(({ why }) => why !== 'unreachable') ?? all[0];
}

/** Why a build failed that asked the proxy for this, and what to do. */
export function explainMissed(place: string, command: string, { why, host, port }: Missed): Text {
  const ports: readonly number[] = Object.values(defaultPorts);
  const target = shown(ports.includes(port) ? host : `${host}:${port}`);
  const [en, zhTW] = remedies[why];
  return text(`${place}: \`${command}\` needs \`${target}\`${en}`, `${place}：\`${command}\` 需要 \`${target}\`，${zhTW}`);
}

const openInstead = text('grade again with `--build-network open`', '加上 `--build-network open` 重新評分');
const remedies: Readonly<Record<Missed['why'], readonly [en: string, zhTW: string]>> = {
  host: [
    `, which builds may not reach here. Add it to \`packages\` in the rubric, or ${openInstead.en}.`,
    `但這裡的建置不能連線到它。請把它加入評分標準的 \`packages\`，或${openInstead['zh-TW']}。`,
  ],
  method: [
    `, and sends more than downloads, which builds may not do here. To permit it, ${openInstead.en}.`,
    `而且不只是下載，這裡的建置不能這樣做。如果要允許，請${openInstead['zh-TW']}。`,
  ],
  private: [
    `, which has no address on the Internet. To permit it, ${openInstead.en}.`,
    `但它沒有網際網路上的位址。如果要允許，請${openInstead['zh-TW']}。`,
  ],
  unreachable: [
    ', which did not answer. Check the network of this machine, then grade again.',
    '但它沒有回應。請檢查這台機器的網路，再重新評分。',
  ],
  limit: [
    `, and downloads more than a build may here. To permit it, ${openInstead.en}.`,
    `但下載的量超過這裡的建置上限。如果要允許，請${openInstead['zh-TW']}。`,
  ],
};
