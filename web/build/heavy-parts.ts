// Heavy parts with a browser's way in of our own, and how large files are: `import size from 'file?bytes'`.

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const yosys = at('../../node_modules/@yowasp/yosys/gen/');

const own: Readonly<Record<string, string>> = {
  'z3-solver': at('../solvers/z3.ts'),
  // As its own script asks for them.
  './resources-yosys.js': at('../solvers/yosys-parts.ts'),
  // Which the package exports to nobody.
  '@yowasp/yosys/parts': `${yosys}resources-yosys.js`,
  '@yowasp/yosys/core?bytes': `${yosys}yosys.core.wasm?bytes`,
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
