import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCertificate } from '../../../../src/learn/class/certificate.ts';

test('Node and OpenSSL read the certificate; it is signed by itself, valid for a day, and its fingerprint is right', () => {
  const { cert, fingerprint } = createCertificate('2026-11-28T13:00:00.000Z');
  const read = new X509Certificate(cert);
  assert.ok(read.verify(read.publicKey));
  assert.is(read.subject, 'CN=lab class');
  assert.is(read.fingerprint256.replaceAll(':', ''), fingerprint.toString('hex').toUpperCase());
  assert.is(fingerprint.toString('hex'), createHash('sha256').update(read.raw).digest('hex'));
  assert.equal([read.validFrom, read.validTo], ['Nov 28 12:00:00 2026 GMT', 'Nov 29 13:00:00 2026 GMT']);
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: cert, encoding: 'utf8' });
  assert.match(text, 'ecdsa-with-SHA256');
  assert.match(text, 'prime256v1');
});

test('each certificate is another', () => {
  const [one, other] = [createCertificate('2026-11-28T13:00:00Z'), createCertificate('2026-11-28T13:00:00Z')];
  assert.not.equal(one.fingerprint, other.fingerprint);
  assert.not.equal(one.key, other.key);
});

test.run();
