// A server's certificate by an authority that nobody trusts yet, for a test's own Redis.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `names`: as `subjectAltName` has them, such as `DNS:localhost,IP:127.0.0.1`. */
export function makeCertificates(folder: string, names: string) {
  const at = (name: string) => join(folder, name);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'ignore' });
  const key = (file: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    file,
  ];
  const [authority, authorityKey, certificate, own, asked] = ['ca.pem', 'ca.key', 'own.pem', 'own.key', 'own.csr'].map(
    at,
  ) as [string, string, string, string, string];
  openssl('req', '-x509', ...key(authorityKey), '-out', authority, '-days', '2', '-subj', '/CN=authority of a test');
  openssl('req', ...key(own), '-out', asked, '-subj', '/CN=server of a test');
  writeFileSync(at('names'), `subjectAltName=${names}\n`);
  openssl(
    ...['x509', '-req', '-in', asked, '-CA', authority, '-CAkey', authorityKey, '-CAcreateserial'],
    ...['-out', certificate, '-days', '2', '-extfile', at('names')],
  );
  return { authority, certificate, key: own };
}
