// Files in one archive, the same bytes for the same files.

/** The first time that an archive can say: when it was made is nobody's business. */
const noTime = new Date(1980, 0, 1);

/** The bytes of a zip archive of some files, of text or of bytes; the same files give the same bytes. */
export async function zipOf(
  files: readonly { readonly path: string; readonly text: string | Uint8Array }[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { strToU8, zipSync } = await import('fflate');
  return zipSync(
    Object.fromEntries(files.map(({ path, text }) => [path, typeof text === 'string' ? strToU8(text) : text])),
    { mtime: noTime },
  );
}
