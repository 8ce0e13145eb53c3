import { type Text, text } from '../lab/text.ts';

/** A moment in milliseconds since 1970 (UTC), or why a text is none. */
export type Parsed = { readonly ms: number } | { readonly wrong: Text };

const dayMs = 86_400_000;
const shape =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(?:(Z|UTC)|([+-])(\d{2}):?(\d{2})))?)?$/;

/**
 * Parses `2026-12-01`, `2026-12-01 23:59`, ISO 8601 and git's `2026-12-01 23:59:00 +0800`; what lacks an offset is local time in `zone`, a name of the
 * IANA database, and wrong without one. A date alone is the first moment of its day, or the last (`dateMeans: 'end'`). A local time that the clock skips
 * counts as if the clock had not been set forward (02:30 is 03:30); one that occurs twice is the earlier, or the later (`twice`).
 */
export function parseMoment(
  written: string,
  zone?: string,
  { dateMeans = 'start', twice = 'earlier' }: { dateMeans?: 'start' | 'end'; twice?: 'earlier' | 'later' } = {},
): Parsed {
  const match = shape.exec(written.trim());
  if (!match) return wrongShape;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour,
    minute = '0',
    second = '0',
    fraction = '0',
    utc,
    sign,
    hours = '',
    minutes = '',
  ] = match;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (Number(year) < 1970 || new Date(date).toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    return { wrong: text(`there is no day ${year}-${month}-${day}`, `沒有 ${year}-${month}-${day} 這一天`) };
  if (Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 59)
    return { wrong: text(`there is no time ${hour}:${minute}:${second}`, `沒有 ${hour}:${minute}:${second} 這個時間`) };
  const time = (Number(hour ?? 0) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
  const wall = date + time + Math.floor(Number(`0.${fraction}`) * 1000);
  if (utc !== undefined) return { ms: wall };
  if (sign !== undefined) {
    const offset = Number(hours) * 60 + Number(minutes);
    if (Number(minutes) > 59 || offset > 14 * 60)
      return { wrong: text(`there is no offset ${sign}${hours}:${minutes}`, `沒有 ${sign}${hours}:${minutes} 這個時差`) };
    return { ms: wall - (sign === '-' ? -offset : offset) * 60_000 };
  }
  if (zone === undefined) return noZone;
  if (!isTimeZone(zone)) return { wrong: text(`there is no time zone ${zone}`, `沒有 ${zone} 這個時區`) };
  if (hour === undefined && dateMeans === 'end') return { ms: fromLocal(date + dayMs, zone, 'earlier') - 1 };
  return { ms: fromLocal(wall, zone, twice) };
}

const wrongShape: Parsed = {
  wrong: text(
    'expected a time such as 2026-12-01 23:59, 2026-12-01T23:59:00+08:00 or 2026-12-01',
    '應為時間，例如 2026-12-01 23:59、2026-12-01T23:59:00+08:00 或 2026-12-01',
  ),
};
const noZone: Parsed = {
  wrong: text(
    'the time has no offset such as +08:00 or Z, and no time zone is known',
    '這個時間沒有時差（例如 +08:00 或 Z），也不知道是哪個時區',
  ),
};

/** Whether a name is a time zone of the IANA database: `Asia/Taipei`, `UTC`. Abbreviations are not: CST is China's or Chicago's time. */
export function isTimeZone(name: string): boolean {
  if (!/^(?:UTC$|[A-Za-z_]+\/)/.test(name)) return false;
  try {
    clockOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** `2026-12-01 23:59`, with seconds if there are any: local time in a time zone. */
export function localTime(ms: number, zone: string): string {
  const local = new Date(ms + offsetAt(ms, zone)).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, ms % 60_000 < 1000 ? 16 : 19)}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(zone, clock);
  return clock;
}

/** What a zone's clock shows at a moment, minus UTC. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - (ms - (ms % 1000));
}

/** The moment at which a zone's clock shows `wall` (written as UTC). */
function fromLocal(wall: number, zone: string, twice: 'earlier' | 'later'): number {
  const before = offsetAt(wall - dayMs, zone);
  const fitting = [before, offsetAt(wall + dayMs, zone)]
    .map((offset) => wall - offset)
    .filter((ms) => ms + offsetAt(ms, zone) === wall);
  if (fitting.length === 0) return wall - before;
  return twice === 'earlier' ? Math.min(...fitting) : Math.max(...fitting);
}
