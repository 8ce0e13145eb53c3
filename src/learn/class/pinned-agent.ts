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
  readonly #opening = new Set<TLSSocket>();

  constructor(code: JoinCode) {
    super({ keepAlive: true, keepAliveMsecs: 10_000 });
    this.#code = code;
  }

  override createConnection(_: unknown, done?: (error: Error | null, socket: Duplex) => void): undefined {
    const { address: host, port, fingerprint } = this.#code;
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    const failed = (error: Error) => done?.(error, socket);
    socket.setTimeout(longestMs, () => socket.destroy(new Error(`no answer in ${longestMs / 1000} s`)));
    this.#opening.add(socket);
    socket.once('close', () => this.#opening.delete(socket));
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      if (!isPinned(socket, fingerprint)) return void socket.destroy(new WrongCertificateError('another certificate'));
      this.#opening.delete(socket);
      socket.setTimeout(0);
      socket.off('error', failed);
      done?.(null, socket);
    });
    return undefined;
  }

  override destroy(): void {
    for (const socket of this.#opening) socket.destroy(new Error('not needed any more'));
    super.destroy();
  }
}

function isPinned(socket: TLSSocket, fingerprint: Uint8Array): boolean {
  const seen = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '') ?? '';
  const start = Buffer.from(seen, 'hex').subarray(0, fingerprint.length);
  return start.length === fingerprint.length && timingSafeEqual(start, fingerprint);
}
