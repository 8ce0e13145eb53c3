import { timingSafeEqual } from 'node:crypto';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { JoinCode } from './join-code.ts';

/** The certificate is not the one of the join code. */
export class WrongCertificateError extends Error {
  override readonly name = 'WrongCertificateError';
}

/** For the connection and the handshake. */
const longestMs = 5000;

/**
 * Connections to the class of a join code. A connection is passed on only after the certificate was compared with the fingerprint in the code, so that nothing
 * is sent to another server. No authority has signed that certificate: the code replaces it.
 */
export class PinnedAgent extends Agent {
  readonly #code: JoinCode;

  constructor(code: JoinCode) {
    super({ keepAlive: true, keepAliveMsecs: 10_000 });
    this.#code = code;
  }

  override createConnection(_: unknown, done?: (error: Error | null, socket: Duplex) => void): undefined {
    const { address: host, port, fingerprint } = this.#code;
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    const failed = (error: Error) => done?.(error, socket);
    socket.setTimeout(longestMs, () => socket.destroy(new Error(`no answer in ${longestMs / 1000} s`)));
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      if (!isPinned(socket, fingerprint)) return void socket.destroy(new WrongCertificateError('another certificate'));
      socket.setTimeout(0);
      socket.off('error', failed);
      done?.(null, socket);
    });
    return undefined;
  }
}

function isPinned(socket: TLSSocket, fingerprint: Uint8Array): boolean {
  const seen = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '') ?? '';
  const start = Buffer.from(seen, 'hex').subarray(0, fingerprint.length);
  return start.length === fingerprint.length && timingSafeEqual(start, fingerprint);
}
