import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';

/**
 * The SDK reads these three without a look at what they are, and would wait for ever for a named pipe. Throws LabError E_ENGINE_UNREACHABLE for one that is
 * no regular file; what is absent is left to the SDK.
 */
export async function assertCertificates(folder: string): Promise<void> {
  for (const name of ['ca.pem', 'cert.pem', 'key.pem']) {
    try {
      await (await openPlain(join(folder, name))).close();
    } catch (error) {
      if (!(error instanceof NotPlainError)) continue;
      const hint = text('put the certificate there, or set DOCKER_CERT_PATH', '請放入憑證，或設定 DOCKER_CERT_PATH');
      throw new LabError('E_ENGINE_UNREACHABLE', error.text, hint, { cause: error });
    }
  }
}
