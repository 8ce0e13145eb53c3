import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { PageState } from '../state/page-state.ts';
import { colours } from './colours.ts';
import { type Connection, connectTerminal } from './connection.ts';

/** A terminal in an element of the page, connected to a shell. */
export interface Shell {
  readonly terminal: Terminal;
  readonly connection: Connection;
  show(look: Look): void;
  fit(): void;
  close(): void;
}

export interface Look {
  readonly dark: boolean;
  readonly screenReader: boolean;
  /** In pixels. */
  readonly size: number;
}

/** RIS: empties the screen and what was scrolled, and ends all modes. */
const fullReset = '\x1bc';
const family = '"Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK TC", monospace';

export function openShell(element: HTMLElement, look: Look, onState: (state: PageState['terminal']) => void): Shell {
  const terminal = new Terminal({
    ...optionsOf(look),
    fontFamily: family,
    lineHeight: 1.2,
    cursorBlink: false,
    scrollback: 3000,
    minimumContrastRatio: 4.5,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  terminal.open(element);
  const fit = () => {
    if (element.clientWidth > 40 && element.clientHeight > 20) fitting.fit();
  };
  fit();
  const connection = connectTerminal({
    state: (state) => {
      // the server sends again what was printed before; as output, the reset keeps its place in what is still to be written
      if (state === 'open') terminal.write(fullReset);
      onState(state);
    },
    output: (bytes) => terminal.write(bytes),
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
  });
  terminal.onData((typed) => connection.send(typed));
  terminal.onResize(({ cols, rows }) => connection.resize(cols, rows));
  // the page moves to the next of its parts with this key: see regions.ts
  terminal.attachCustomKeyEventHandler(({ key }) => key !== 'F6');
  return {
    terminal,
    connection,
    show: (next) => {
      Object.assign(terminal.options, optionsOf(next));
      fit();
    },
    fit,
    close: () => {
      connection.close();
      terminal.dispose();
    },
  };
}

const optionsOf = ({ dark, screenReader, size }: Look) => ({
  theme: colours[dark ? 'dark' : 'light'],
  screenReaderMode: screenReader,
  fontSize: size,
});
