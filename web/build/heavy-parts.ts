// Heavy parts with a browser's way in of our own, and how large files are: `import size from 'file?bytes'`.

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const own: Readonly<Record<string, string>> = {
  'z3-solver': fileURLToPath(new URL('../solvers/z3.ts', import.meta.url)),
};
const question = '?bytes';

export const heavyParts = (): Plugin => ({
  name: 'magnet:heavy-parts',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (Object.hasOwn(own, id)) return own[id];
    if (!id.endsWith(question)) return undefined;
    const file = await this.resolve(id.slice(0, -question.length), importer);
    return file && file.id + question;
  },
  load: (id) => (id.endsWith(question) ? `export default ${statSync(id.slice(0, -question.length)).size};` : undefined),
});
