/** The latest output of the shell, for a page that connects later. */
export class Replay {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // twice the size before it is cut: each cut copies
    if (this.#size > 2 * this.#maxBytes) this.#cut();
  }

  /** At most `maxBytes`, from the start of a line if something was cut; without questions to the terminal. */
  bytes(): Buffer {
    this.#cut();
    return withoutQuestions(Buffer.concat(this.#chunks));
  }

  clear(): void {
    this.#chunks = [];
    this.#size = 0;
  }

  #cut(): void {
    if (this.#size <= this.#maxBytes) return;
    const latest = Buffer.concat(this.#chunks).subarray(-this.#maxBytes);
    const kept = Buffer.from(latest.subarray(latest.indexOf('\n') + 1));
    this.#chunks = [kept];
    this.#size = kept.length;
  }
}

/**
 * Questions that a terminal answers as if a person typed: its state and its cursor's place (DSR), what it is (DA, XTVERSION), a mode (DECRQM), a setting (DECRQSS, XTGETTCAP), a colour
 * (OSC). The program that asked has its answer; at a replay, the answer would be typed into the shell.
 */
const questions =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences of a terminal
  /\x1b\[\??[0-9;]*n|\x1b\[[>=?]?[0-9;]*c|\x1b\[>[0-9]*q|\x1b\[\??[0-9;]*\$p|\x1b\[[0-9;]*t|\x1bP[+$]q[^\x1b\x07]*(?:\x1b\\|\x07)?|\x1b\][0-9;]+;\?(?:\x1b\\|\x07)?|\x05/g;

export const withoutQuestions = (output: Buffer): Buffer =>
  Buffer.from(output.toString('latin1').replace(questions, ''), 'latin1');
