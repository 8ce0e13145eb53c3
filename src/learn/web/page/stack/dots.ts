import type { Requests } from '../../picture/picture.ts';

/** A dot that moves from one box to another: one request, or several that are drawn as one. */
export interface Dot {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly failed: boolean;
  readonly own: boolean;
  /** When it begins to move, in milliseconds of the page's clock. */
  readonly startMs: number;
}

export const flightMs = 750;
/** The most that one line of a report draws one by one. */
const separateUpTo = 5;
/** While more than this are on their way, requests of a report are merged. */
const busyFrom = 60;
/** More are never drawn at a time. */
export const mostDots = 120;
/** Requests that arrive together leave one after the other. */
const spreadMs = 240;

/** The dots of a report of requests, while `active` others are on their way. What exceeds the limit is left out: the counts on the replicas include it. */
export function dotsOf({ seen }: Requests, active: number, nowMs: number): readonly Dot[] {
  const dots: Dot[] = [];
  for (const { from, to, count, failed, own } of seen) {
    if (count <= 0) continue;
    const space = mostDots - active - dots.length;
    if (space <= 0) break;
    const separate = count <= Math.min(separateUpTo, space) && active + dots.length + count <= busyFrom;
    const parts = separate ? Array.from({ length: count }, () => 1) : [count];
    parts.forEach((part, at) => {
      dots.push({ from, to, count: part, failed, own, startMs: nowMs + (spreadMs * at) / parts.length });
    });
  }
  return dots;
}

/** The size grows with the number of digits, so that a hundred requests do not cover the picture. */
export const radiusOf = (count: number): number => Math.min(15, count > 1 ? 7.5 + 1.6 * Math.log2(count) : 5);

/** How far a dot is, from 0 to 1: slower at both ends. Undefined: it has not begun, or has arrived. */
export function progressOf({ startMs }: Pick<Dot, 'startMs'>, nowMs: number): number | undefined {
  const part = (nowMs - startMs) / flightMs;
  if (part < 0 || part > 1) return undefined;
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

export const hasArrived = ({ startMs }: Pick<Dot, 'startMs'>, nowMs: number): boolean => nowMs - startMs > flightMs;
