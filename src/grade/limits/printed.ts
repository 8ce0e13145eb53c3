const most = 4000;

/** What the commands of a step printed: of very much, the start and the end. */
export class Printed {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > most) this.lines.splice(most / 4, most / 4);
  }
}
