import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HTTPClient, SocketAgent, SSH, TLS } from '@docker/node-sdk';

/**
 * An HTTP client for the engine at a `unix:`, `npipe:`, `tcp:` (with a folder of certificates: TLS) or `ssh:` address, built from the public parts of
 * Docker's SDK.
 *
 * Why the SDK: learners reach their engines through contexts, TLS and SSH. dockerode supports the same in 18 MB (gRPC and protobuf for BuildKit,
 * which Compose does for us) and does not expose its sockets and streams; our own client over undici would need an SSH library. The SDK's own calls
 * (0.0.17) do not check the status of a response, do not pass on the filters of `events`, and send no API version, so only its transport is used.
 *
 * Connects at the first request. Throws Error for any other address, and for certificates or SSH settings that cannot be read.
 */
export async function createHttpClient(host: string, certificates: string | undefined): Promise<HTTPClient> {
  return new HTTPClient(new PatientAgent(await socketFactory(host, certificates)), 'labwright', {});
}

/**
 * Never ends a response because its body is silent. Undici's default is 5 minutes, and it checks that limit twice a second for as long as a body is open:
 * the events of a project in which nobody works would break off, and would keep the processor busy.
 */
class PatientAgent extends SocketAgent {
  override dispatch(...[request, handler]: Parameters<SocketAgent['dispatch']>): boolean {
    return super.dispatch({ ...request, bodyTimeout: 0 }, handler);
  }
}

async function socketFactory(host: string, certificates: string | undefined): Promise<() => Socket> {
  const [scheme = '', address = ''] = host.split(/:(.*)/s);
  switch (scheme) {
    case 'unix':
    case 'npipe':
      // the two slashes of the URL in front do not change the path
      return () => createConnection(address);
    case 'ssh':
      return SSH.createSocketFactory(host);
    case 'tcp': {
      const { hostname, port } = new URL(`http://${address.replace(/^\/\//, '')}`);
      const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (certificates === undefined ? 2375 : 2376)) };
      if (certificates === undefined) return () => createConnection(target);
      const secure = await TLS.loadCertificates(certificates);
      return () => connectTls({ ...target, ...secure });
    }
    default:
      throw new Error(`not an address of a Docker engine: ${host}`);
  }
}
