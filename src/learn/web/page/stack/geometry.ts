/** Plain geometry, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A cubic curve. */
export interface Curve {
  readonly from: Point;
  readonly near: Point;
  readonly far: Point;
  readonly to: Point;
}

export const inflated = ({ x, y, width, height }: Box, by: number, above = by): Box => ({
  x: x - by,
  y: y - above,
  width: width + 2 * by,
  height: height + by + above,
});

export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((one) => one.x));
  const y = Math.min(...boxes.map((one) => one.y));
  const right = Math.max(...boxes.map((one) => one.x + one.width));
  const bottom = Math.max(...boxes.map((one) => one.y + one.height));
  return { x, y, width: right - x, height: bottom - y };
}

export const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

const centre = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

/** A curve from the side of one box to the facing side of another: left to right where they are beside each other, else up and down. */
export function curveBetween(from: Box, to: Box): Curve {
  const [a, b] = [centre(from), centre(to)];
  const gapX = Math.max(to.x - (from.x + from.width), from.x - (to.x + to.width));
  if (gapX >= 0) {
    const right = b.x > a.x;
    const start = { x: right ? from.x + from.width : from.x, y: a.y };
    const end = { x: right ? to.x : to.x + to.width, y: b.y };
    const half = (end.x - start.x) / 2;
    return { from: start, near: { x: start.x + half, y: start.y }, far: { x: end.x - half, y: end.y }, to: end };
  }
  const down = b.y > a.y;
  const start = { x: a.x, y: down ? from.y + from.height : from.y };
  const end = { x: b.x, y: down ? to.y : to.y + to.height };
  const half = (end.y - start.y) / 2;
  return { from: start, near: { x: start.x, y: start.y + half }, far: { x: end.x, y: end.y - half }, to: end };
}

/** The point at this part of a curve, from 0 to 1. */
export function pointOn({ from, near, far, to }: Curve, part: number): Point {
  const rest = 1 - part;
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * part, 3 * rest * part ** 2, part ** 3];
  return { x: a * from.x + b * near.x + c * far.x + d * to.x, y: a * from.y + b * near.y + c * far.y + d * to.y };
}

export const pathOf = ({ from, near, far, to }: Curve): string =>
  `M${[from, near, far, to].map(({ x, y }, at) => `${at === 1 ? 'C' : ''}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ')}`;
