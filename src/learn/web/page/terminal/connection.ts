import type { TerminalMessage } from '../../protocol.ts';

/** The terminal's WebSocket, which is opened again when it breaks off. */
export interface Connection {
  send(typed: string): void;
  resize(columns: number, rows: number): void;
  /** Opens a new shell after the one before has ended. */
  open(): void;
  close(): void;
}

interface ConnectionEvents {
  state(state: 'connecting' | 'open' | 'lost' | 'ended'): void;
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
  const tell = (message: TerminalMessage) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const open = () => {
    clearTimeout(timer);
    const own = new WebSocket(new URL('terminal', location.href.replace(/^http/, 'ws')));
    own.binaryType = 'arraybuffer';
    socket = own;
    let ended = false;
    own.addEventListener('open', () => {
      retryMs = firstRetryMs;
      events.state('open');
      tell({ kind: 'resize', ...events.size() });
    });
    own.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data !== 'string') return events.output(new Uint8Array(data));
      if ((JSON.parse(data) as TerminalMessage).kind === 'exit') ended = true;
    });
    own.addEventListener('close', () => {
      if (socket !== own) return;
      socket = undefined;
      events.state(ended ? 'ended' : 'lost');
      if (ended) return;
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
    resize: (columns, rows) => tell({ kind: 'resize', columns, rows }),
    open: () => {
      events.state('connecting');
      open();
    },
    close: () => {
      clearTimeout(timer);
      const own = socket;
      socket = undefined;
      own?.close();
    },
  };
}
