// How the page is built: src/index.ts and web/ into dist/web, plain files for any host.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { browserField } from './build/browser-field.js';
import { example } from './build/example.js';
import { heavyParts } from './build/heavy-parts.js';
import { notHere } from './build/not-here.js';
import { offline } from './build/offline.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** zod looks at it before its first form: its quick forms would build functions from text, which the page's policy forbids. */
const intro = 'globalThis.__zod_globalConfig??={};globalThis.__zod_globalConfig.jitless=true;';

/** Files of our own say what they do when they are called: forms and tables that nobody asks for go. */
const treeshake = { moduleSideEffects: (id: string) => /\.css$|\/web\/(page\/main|work\/worker)\.ts$|\.html/.test(id) };

const library = () => [browserField(), heavyParts(), notHere()];

export default defineConfig({
  root: at('.'),
  // Wherever it is put, below any address.
  base: './',
  publicDir: false,
  resolve: { alias: { 'magnet-accelerator': at('../src/index.ts') } },
  plugins: [...library(), example(), offline()],
  worker: {
    format: 'es',
    plugins: library,
    rolldownOptions: { output: { intro }, treeshake },
  },
  build: {
    outDir: at('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: { treeshake },
  },
});
