import { ComposePlaces } from './compose-places.ts';

/** What Compose says about a file that it cannot use, and the line that this is about, from 1; omitted: unknown. */
export interface ComposeComplaint {
  readonly said: string;
  readonly line?: number;
}

/** Not faults of the file: a variable that the shell of another terminal may have. */
const ofEnvironment = /required variable|is missing a value|mandatory value/i;

/** Lines that add nothing: warnings, how to escape. */
const beside = /^time="|^You may need to escape|^WARN/;

/**
 * The complaint in the output of `docker compose config` about a file with this text. Undefined: it is about the environment. Messages of Compose 2.26 and 2.40:
 * `validating /x/compose.yaml: services.web additional properties 'imagee' not allowed`, `service "web" refers to undefined network a: invalid compose project`;
 * of Compose 1: `Unsupported config option for services.web: 'imagee'`.
 */
export function composeComplaint(output: readonly string[], text: string): ComposeComplaint | undefined {
  const lines = output.map((line) => line.trim()).filter((line) => line !== '' && !beside.test(line));
  const whole = lines.join(' ');
  if (whole === '' || ofEnvironment.test(whole)) return undefined;
  const said = whole
    .replace(/^(?:validating|failed to parse) \S+: /, '')
    .replace(/^yaml: (?:unmarshal errors: )?/, '')
    .replace(/^The Compose file '\S+' is invalid because: /, '')
    .replace(/: invalid compose project$/, '');
  const line = lineOf(said, new ComposePlaces(text));
  return { said, ...(line === undefined ? {} : { line }) };
}

const parts = 'services|networks|volumes|configs|secrets';

function lineOf(said: string, places: ComposePlaces): number | undefined {
  const [, written] = /\bline (\d+)\b/.exec(said) ?? [];
  if (written !== undefined) return Number(written);
  const [, path] = new RegExp(`\\b((?:${parts})(?:\\.[\\w-]+)*)`).exec(said) ?? [];
  const [, service] = /\bservice "([^"]+)"/.exec(said) ?? [];
  const [, kind] = /undefined (network|volume|config|secret|service)\b/.exec(said) ?? [];
  const keys = service === undefined ? (path?.split('.') ?? []) : ['services', service, ...(kind ? [keyFor[kind] ?? ''] : [])];
  const named = /['"]([^'"]+)['"]|property (\S+(?: \S+)?) is not allowed/.exec(said);
  const property = named?.[1] ?? named?.[2];
  return deepest(places, property === undefined || service !== undefined ? keys : [...keys, property]);
}

const keyFor: Readonly<Record<string, string>> = {
  network: 'networks',
  volume: 'volumes',
  config: 'configs',
  secret: 'secrets',
  service: 'depends_on',
};

/** The line of the last of these keys that the file has, one below the other. */
function deepest(places: ComposePlaces, keys: readonly string[]): number | undefined {
  for (let length = keys.length; length > 0; length--) {
    const found = places.at(...keys.slice(0, length));
    if (found) return found.line;
  }
  return undefined;
}
