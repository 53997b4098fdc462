// The list of the page's own files, and the headers that they need, written into its service worker when they are all there.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Fetched when they are first used, and kept from then on: solvers and Yosys, with the scripts that only they run. */
const lazy = /\.wasm$|\/(z3-built|yosys-parts)-/;

/** Those of "magnet web", with the policy that stands in the page. */
function headersOf(page: string): Readonly<Record<string, string>> {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  if (policy === undefined) throw new Error('the page has no policy');
  return {
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

export function offline(): Plugin {
  let folder = '';
  return {
    name: 'magnet:offline',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'sw.js')
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .replaceAll('\\', '/'),
        )
        .sort();
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
      const first = files.filter((file) => !lazy.test(file) && file !== 'example.json');
      const script = readFileSync(new URL('./sw.js', import.meta.url), 'utf8')
        .replace("'FILES'", JSON.stringify(['./', ...first]))
        .replace("'HEADERS'", JSON.stringify(headersOf(readFileSync(join(folder, 'index.html'), 'utf8'))))
        .replace('VERSION', hash.digest('hex').slice(0, 16));
      writeFileSync(join(folder, 'sw.js'), script);
    },
  };
}
