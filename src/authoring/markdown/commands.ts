/** The commands of a block of shell: one for each line; a backslash at its end continues it. Empty lines and comments are left out. */
export const commandsIn = (block: string): string[] =>
  block
    .replace(/\\\r?\n\s*/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
