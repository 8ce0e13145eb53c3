import type { ReplicaPicture, ServicePicture } from '../../picture/picture.ts';
import { useLanguage } from '../state/use-page.ts';
import { grouped } from '../words/words.ts';
import type { Box } from './geometry.ts';
import { shareOf, stateText, trafficText } from './summary.ts';

interface ReplicaBoxProps {
  readonly service: ServicePicture;
  readonly replica: ReplicaPicture;
  readonly box: Box;
  readonly compact: boolean;
  readonly leaving: boolean;
}

/** The icon of a state; its text is beside it or in the table of the stack. */
function iconOf({ state, health }: ReplicaPicture): string {
  if (state === 'exited' || health === 'unhealthy') return '✗';
  if (state !== 'running' || health === 'starting') return '…';
  return '●';
}

const toneOf = ({ state, health }: ReplicaPicture): string =>
  state === 'exited' || health === 'unhealthy' ? 'bad' : state !== 'running' || health === 'starting' ? 'wait' : 'good';

export function ReplicaBox({ service, replica, box, compact, leaving }: ReplicaBoxProps) {
  const { words } = useLanguage();
  const addresses = Object.values(replica.addresses);
  const count = replica.requests ?? replica.packets;
  const traffic = trafficText(replica, words);
  const state = stateText(replica, words);
  const style = { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` };
  return (
    <div
      class={`replica ${toneOf(replica)}${compact ? ' compact' : ''}${leaving ? ' leaving' : ''}`}
      style={style}
      title={[replica.name, ...addresses, state, ...(traffic ? [traffic] : [])].join('\n')}
    >
      <p class="replica-name">
        <span class="replica-icon">{iconOf(replica)}</span>
        <span class="clip">{compact ? `#${replica.number}` : `${service.name}-${replica.number}`}</span>
        {compact && count !== undefined && <span class="replica-count">{grouped(count)}</span>}
      </p>
      <p class="replica-address clip">{addresses.length === 0 || (!compact && replica.state !== 'running') ? state : addresses.join(' · ')}</p>
      {!compact && (
        <p class="replica-facts">
          <span class="clip">{replica.state === 'running' ? (traffic ?? state) : ''}</span>
        </p>
      )}
      {count !== undefined && (
        <svg class="replica-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect class="bar-ground" width="100" height="4" />
          <rect class="bar" width={100 * shareOf(replica, service)} height="4" />
        </svg>
      )}
    </div>
  );
}
