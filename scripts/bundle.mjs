// The command line as a few files, packages included: Node resolves and compiles those of one verb, not 700 modules.
//
// Beside what tsc makes, which programs import; `dist/cli/main.js` then only hands over. Everything lies in one folder, so
// that `import.meta.url` finds the thread of workers, and workers their table of tasks, as they do beside each other in src.

import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';

await build({
  entryPoints: [
    'src/cli/main.ts',
    'src/pool/node/thread.ts',
    'src/tuner/tuner-tasks.ts',
    'src/tuner/race/race-tasks.ts',
    'src/sim/sim-tasks.ts',
    'src/quantize/quantize-tasks.ts',
  ],
  outdir: 'dist/command',
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Those with WebAssembly of their own beside them, and those that users install when they want them.
  external: ['highs', 'z3-solver', '@yowasp/yosys', 'glpk.js', 'bullmq', 'ioredis'],
  // Packages in CommonJS ask for modules of Node.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
writeFileSync('dist/cli/main.js', "#!/usr/bin/env node\nimport '../command/main.js';\n");
