import type { TerminalMessage } from '../../protocol.ts';
import type { PageState } from '../state/page-state.ts';

/** The terminal's WebSocket, which is opened again when it breaks off. */
export interface Connection {
  send(typed: string): void;
  resize(columns: number, rows: number): void;
  /** Opens a new shell after the one before has ended. */
  open(): void;
  /** Whether what breaks off is opened again: not while the page itself is not connected. */
  retry(on: boolean): void;
  /** Closes it until `retry` or `open`. */
  close(): void;
}

interface ConnectionEvents {
  state(state: PageState['terminal']): void;
  output(bytes: Uint8Array): void;
  /** The size that the shell starts with. */
  size(): { readonly columns: number; readonly rows: number };
}

const firstRetryMs = 500;
const lastRetryMs = 5000;
/** The server closes the connection for a larger frame than 256 KB. */
const frameBytes = 128 * 1024;

export function connectTerminal(events: ConnectionEvents): Connection {
  const encoder = new TextEncoder();
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let retryMs = firstRetryMs;
  let retries = true;
  let hasEnded = false;
  const send = (message: TerminalMessage) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const open = () => {
    clearTimeout(timer);
    const own = new WebSocket(new URL('terminal', location.href.replace(/^http/, 'ws')));
    own.binaryType = 'arraybuffer';
    socket = own;
    hasEnded = false;
    own.addEventListener('open', () => {
      retryMs = firstRetryMs;
      events.state('open');
      send({ kind: 'resize', ...events.size() });
    });
    own.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data !== 'string') return events.output(new Uint8Array(data));
      if ((JSON.parse(data) as TerminalMessage).kind === 'exit') hasEnded = true;
    });
    own.addEventListener('close', () => {
      if (socket !== own) return;
      socket = undefined;
      events.state(hasEnded ? 'ended' : 'lost');
      if (hasEnded || !retries) return;
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(lastRetryMs, retryMs * 2);
    });
  };

  open();
  return {
    send: (typed) => {
      const bytes = encoder.encode(typed);
      for (let at = 0; at < bytes.length; at += frameBytes)
        if (socket?.readyState === WebSocket.OPEN) socket.send(bytes.subarray(at, at + frameBytes));
    },
    resize: (columns, rows) => send({ kind: 'resize', columns, rows }),
    open: () => {
      events.state('connecting');
      open();
    },
    retry: (on) => {
      if (retries === on) return;
      retries = on;
      retryMs = firstRetryMs;
      clearTimeout(timer);
      if (on && !socket && !hasEnded) open();
    },
    close: () => {
      clearTimeout(timer);
      const own = socket;
      [socket, retries, hasEnded] = [undefined, false, false];
      own?.close();
      events.state('closed');
    },
  };
}
