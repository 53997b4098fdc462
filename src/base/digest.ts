// A fingerprint of a text: tells whether two are the same, and guards against no one.

const prime = 0x100000001b3n;
const offset = 0xcbf29ce484222325n;

/** FNV-1a of the UTF-8 bytes, 64 bits as 16 hexadecimal digits. */
export function digest(text: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(16, '0');
}
