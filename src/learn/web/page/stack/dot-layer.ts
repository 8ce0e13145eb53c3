import type { Requests } from '../../picture/picture.ts';
import { type Dot, dotsOf, hasArrived, mostDots, progressOf, radiusOf } from './dots.ts';
import { type Curve, curveBetween, pointOn } from './geometry.ts';
import { boxOf, type Layout } from './layout.ts';

const svg = 'http://www.w3.org/2000/svg';
/** How long a mark without movement stays. */
const markMs = 600;

interface Shape {
  readonly group: SVGGElement;
  readonly circle: SVGCircleElement;
  readonly cross: SVGPathElement;
  readonly count: SVGTextElement;
}
interface Flight {
  readonly dot: Dot;
  readonly shape: Shape;
  curve: Curve;
}

/** Draws dots in a group of an SVG, by frames of the browser while there are any. It keeps at most `mostDots` elements, and uses them again. */
export class DotLayer {
  private readonly root: SVGGElement;
  private readonly isStill: () => boolean;
  private readonly spare: Shape[] = [];
  private readonly flights = new Set<Flight>();
  private frame: number | undefined;
  private layout: Layout | undefined;

  constructor(root: SVGGElement, isStill: () => boolean) {
    this.root = root;
    this.isStill = isStill;
  }

  /** Boxes have moved: dots on their way go to the new place; those of a box that is gone end. */
  place(layout: Layout): void {
    this.layout = layout;
    for (const flight of this.flights) {
      const curve = this.curveOf(flight.dot);
      if (curve) flight.curve = curve;
      else this.end(flight);
    }
  }

  add(requests: Requests): void {
    // a hidden page has no frames: what it did not show is in the counts
    if (document.hidden) return;
    for (const dot of dotsOf(requests, this.flights.size, performance.now())) {
      const curve = this.curveOf(dot);
      if (!curve || this.flights.size >= mostDots) continue;
      const shape = this.spare.pop() ?? this.newShape();
      dress(shape, dot);
      this.flights.add({ dot, shape, curve });
    }
    if (this.flights.size > 0 && this.frame === undefined) this.frame = requestAnimationFrame(this.draw);
  }

  stop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    for (const flight of this.flights) this.end(flight);
  }

  private readonly draw = (now: number): void => {
    const still = this.isStill();
    for (const flight of this.flights) {
      const { dot, shape, curve } = flight;
      if (still ? now - dot.startMs > markMs : hasArrived(dot, now)) this.end(flight);
      else {
        const part = still ? 1 : progressOf(dot, now);
        const { x, y } = pointOn(curve, part ?? 0);
        shape.group.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
        shape.group.setAttribute('visibility', part === undefined ? 'hidden' : 'visible');
      }
    }
    this.frame = this.flights.size > 0 ? requestAnimationFrame(this.draw) : undefined;
  };

  private curveOf({ from, to }: Dot): Curve | undefined {
    if (!this.layout) return undefined;
    const [start, end] = [boxOf(this.layout, from), boxOf(this.layout, to)];
    return start && end && start !== end ? curveBetween(start, end) : undefined;
  }

  private end(flight: Flight): void {
    this.flights.delete(flight);
    flight.shape.group.setAttribute('visibility', 'hidden');
    this.spare.push(flight.shape);
  }

  private newShape(): Shape {
    const make = <N extends 'g' | 'circle' | 'path' | 'text'>(name: N) => document.createElementNS(svg, name);
    const [group, circle, cross, count] = [make('g'), make('circle'), make('path'), make('text')];
    group.append(circle, cross, count);
    this.root.append(group);
    return { group, circle, cross, count };
  }
}

function dress({ group, circle, cross, count }: Shape, dot: Dot): void {
  const radius = radiusOf(dot.count) + (dot.failed && dot.count === 1 ? 2 : 0);
  const arm = radius * 0.5;
  group.setAttribute('class', `dot${dot.failed ? ' failed' : ''}${dot.own ? ' own' : ''}`);
  group.setAttribute('visibility', 'hidden');
  circle.setAttribute('r', radius.toFixed(1));
  cross.setAttribute('d', dot.failed && dot.count === 1 ? `M${-arm} ${-arm}L${arm} ${arm}M${arm} ${-arm}L${-arm} ${arm}` : '');
  count.textContent = dot.count === 1 ? '' : `${dot.failed ? '✗' : ''}${dot.count}`;
}
