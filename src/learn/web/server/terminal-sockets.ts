import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { TerminalMessage } from '../protocol.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The page sends longer text in several frames. */
const maxFrameBytes = 256 * 1024;
const most = 1000;

const resize = z.strictObject({
  kind: z.literal('resize'),
  columns: z.int().min(2).max(most),
  rows: z.int().min(1).max(most),
});

export interface TerminalSockets {
  /** The request was judged before. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Asks each page to close its connection. */
  close(): void;
  /** Ends connections that are still open. */
  cut(): void;
}

/** Connects the WebSockets of pages with the terminal. */
export function terminalSockets(terminal: Terminal): TerminalSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, (opened) => connect(terminal, opened)),
    close() {
      for (const one of server.clients) one.close(1001);
      server.close();
    },
    cut() {
      for (const one of server.clients) one.terminate();
    },
  };
}

function connect(terminal: Terminal, socket: WebSocket): void {
  const connection = terminal.connect({
    output: (bytes, sent) => socket.send(bytes, { binary: true }, sent),
    exited(exitCode) {
      socket.send(JSON.stringify({ kind: 'exit', exitCode } satisfies TerminalMessage));
      socket.close(1000);
    },
    drop: () => socket.terminate(),
  });
  // a frame that is too large, or not of the protocol: `ws` closes the connection
  socket.on('error', () => undefined);
  socket.on('close', () => connection.leave());
  socket.on('message', (data: RawData, isBinary) => {
    const bytes = bytesOf(data);
    if (isBinary) connection.typed(bytes);
    else {
      const message = parsed(bytes);
      if (message) return connection.resize(message.columns, message.rows);
      // frames that follow are still received until the other side has answered
      connection.leave();
      socket.close(1003);
    }
  });
}

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;

function parsed(bytes: Buffer): Extract<TerminalMessage, { kind: 'resize' }> | undefined {
  try {
    return resize.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined; // not JSON
  }
}
