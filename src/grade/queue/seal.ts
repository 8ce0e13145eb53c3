import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Bodies on a queue server: encrypted and authenticated with the class key (AES-256-GCM), or, on a local queue without a key, with a hash. `about` binds a
 * body to its class and job: a body in the place of another one is not opened.
 */

const [plain, encrypted] = [0, 1];
const [ivBytes, tagBytes, hashBytes] = [12, 16, 32];

/** A body was changed, belongs elsewhere, or was sealed with another key. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

const hashOf = (about: string, body: Buffer): Buffer => createHash('sha256').update(`${about}\n`).update(body).digest();

/** Seals a body. `key`: 32 bytes; left out: it is not encrypted. */
export function seal(body: Buffer, about: string, key?: Buffer): Buffer {
  if (!key) return Buffer.concat([Buffer.from([plain]), hashOf(about, body), body]);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(body), cipher.final()]);
  return Buffer.concat([Buffer.from([encrypted]), iv, cipher.getAuthTag(), sealed]);
}

/** Opens what `seal` sealed. Throws SealError. With a key, a body that is not encrypted is not accepted. */
export function open(sealed: Buffer, about: string, key?: Buffer): Buffer {
  if (sealed[0] !== (key ? encrypted : plain)) throw new SealError(key ? 'it is not encrypted' : 'it is encrypted');
  if (!key) {
    const body = sealed.subarray(1 + hashBytes);
    if (!hashOf(about, body).equals(sealed.subarray(1, 1 + hashBytes))) throw new SealError('its hash differs');
    return body;
  }
  const iv = sealed.subarray(1, 1 + ivBytes);
  const tag = sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes);
  if (tag.length < tagBytes) throw new SealError('it is too short');
  const cipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(about));
  cipher.setAuthTag(tag);
  try {
    return Buffer.concat([cipher.update(sealed.subarray(1 + ivBytes + tagBytes)), cipher.final()]);
  } catch (error) {
    throw new SealError('it was changed, or sealed with another key', { cause: error });
  }
}
