import type { ReplicaPicture, ServicePicture } from '../../picture/picture.ts';
import { useLanguage } from '../state/use-page.ts';
import { grouped, shortened } from '../words/words.ts';
import type { Box } from './geometry.ts';
import type { Density } from './layout.ts';
import { shareOf, stateText, trafficText } from './summary.ts';

interface ReplicaBoxProps {
  readonly service: ServicePicture;
  readonly replica: ReplicaPicture;
  readonly box: Box;
  readonly density: Density;
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

export function ReplicaBox({ service, replica, box, density, leaving }: ReplicaBoxProps) {
  const { words } = useLanguage();
  const addresses = Object.values(replica.addresses);
  const tone = toneOf(replica);
  const whole = density === 'full';
  const count = replica.requests ?? replica.packets;
  const traffic = trafficText(replica, words);
  const state = stateText(replica, words);
  const style = { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` };
  return (
    <div
      class={`replica ${tone} ${density}${leaving ? ' leaving' : ''}`}
      style={style}
      title={[replica.name, ...addresses, state, ...(traffic ? [traffic] : [])].join('\n')}
    >
      <p class="replica-name">
        {(density !== 'tiny' || tone !== 'good') && <span class={`replica-icon ${tone}`}>{iconOf(replica)}</span>}
        <span class="replica-id">
          {whole && <span class="clip">{service.name}</span>}
          <span class="replica-number">{whole ? `-${replica.number}` : `#${replica.number}`}</span>
        </span>
        {!whole && count !== undefined && (density !== 'tiny' || tone === 'good') && (
          <span class="replica-count">{density === 'tiny' ? shortened(count) : grouped(count)}</span>
        )}
        {density === 'tiny' && tone !== 'good' && (
          <span class="replica-count clip">{replica.state === 'running' ? state : words.states[replica.state]}</span>
        )}
      </p>
      {density !== 'tiny' && (
        <p class="replica-address clip">{replica.state === 'running' ? addressText(service, replica) : state}</p>
      )}
      {whole && (
        <p class="replica-facts">
          <span class="clip">{traffic ?? (replica.state === 'running' ? state : '')}</span>
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

/** The address that DNS returns, else the first, and how many there are besides. */
function addressText({ dns }: ServicePicture, { addresses }: ReplicaPicture): string {
  const all = Object.values(addresses);
  const shown = all.find((one) => dns?.addresses.includes(one)) ?? all[0] ?? '';
  return all.length > 1 ? `${shown} +${all.length - 1}` : shown;
}
