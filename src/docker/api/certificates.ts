import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';

/**
 * The SDK reads these three files without checking their type; reading a named pipe would never end. Throws LabError E_ENGINE_UNREACHABLE for one
 * that is not a regular file. The SDK reports absent files itself.
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
