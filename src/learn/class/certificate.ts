import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate of TLS and its key, in PEM. Both exist in memory only. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: Buffer;
}

const hourMs = 3_600_000;
/** A class is shorter. */
const validMs = 24 * hourMs;

/**
 * A new self-signed certificate. Learners know it by its fingerprint, which is in the join code, so it contains nothing else that anyone compares: no host name,
 * no extensions. `time`: ISO 8601; it is valid from an hour before, because clocks differ, to a day after.
 */
export function createCertificate(time: string): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const now = Date.parse(time);
  // X.509, version 1 (RFC 5280, section 4.1)
  const body = sequence(
    integer(randomBytes(16)),
    ecdsaWithSha256,
    name,
    sequence(utcTime(now - hourMs), utcTime(now + validMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(certificate).digest(),
  };
}

/** A value in DER: type, length, content (X.690, section 8.1). Lengths below 65536. */
function der(type: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
/** A positive number of these bytes. */
const integer = (bytes: Buffer): Buffer => der(0x02, Buffer.from([0x01]), bytes);
const bitString = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes);
/** `YYMMDDhhmmssZ`, for years until 2049. */
const utcTime = (ms: number): Buffer => der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])));
/** CN=lab class; 2.5.4.3 is the common name. */
const name = sequence(der(0x31, sequence(der(0x06, Buffer.from([0x55, 0x04, 0x03])), der(0x0c, Buffer.from('lab class')))));
