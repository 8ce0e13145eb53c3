const most = 4000;

/** The output of a step's commands; if it is too long, only its start and end. */
export class Printed {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > most) this.lines.splice(most / 4, most / 4);
  }
}
