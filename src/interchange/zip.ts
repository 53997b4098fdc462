// Files in one archive, the same bytes for the same files.

/** The first time that an archive can say: when it was made is nobody's business. */
const noTime = new Date(1980, 0, 1);

/** The bytes of a zip archive of some files; the same files give the same bytes. */
export async function zipOf(
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { strToU8, zipSync } = await import('fflate');
  return zipSync(Object.fromEntries(files.map(({ path, text }) => [path, strToU8(text)])), { mtime: noTime });
}
