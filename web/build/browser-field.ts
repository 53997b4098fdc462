// What package.json says of browsers, for the sources: files of Node give way to those without.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

const source = (made: string): string => resolve(root, made.replace('./dist/', 'src/').replace(/\.js$/, '.ts'));

export function browserField(): Plugin {
  const { browser } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    readonly browser: Readonly<Record<string, string>>;
  };
  const instead = new Map(Object.entries(browser).map(([of, by]) => [source(of), source(by)]));
  return {
    name: 'magnet:browser-field',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id.startsWith('.') && importer !== undefined
        ? instead.get(resolve(dirname(importer), id.replace(/\.js$/, '.ts')))
        : undefined,
  };
}
