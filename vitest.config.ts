import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';

type Options = NonNullable<TestProjectInlineConfiguration['test']>;

/**
 * Folders whose files leave nothing behind for each other: they share a process, which loads and compiles src/ and, of simulators, the
 * Yosys of WebAssembly once.
 */
const sharing = [
  'batch',
  'cli',
  'compile',
  'interchange',
  'model',
  'program',
  'qdq',
  'quantize',
  'reference',
  'report',
  'results',
  'rtl',
  'sim',
  'workloads',
].map((folder) => `test/${folder}/**/*.test.ts`);

const own = (name: string, options: Options): TestProjectInlineConfiguration => ({
  test: { name, testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks', ...options },
});

/** Searches and solvers keep tables and memory of WebAssembly: each of their files has a process of its own. */
export const suite = (options: Options) =>
  defineConfig({
    test: {
      // All processors: by default one is left idle, which of two is half.
      maxWorkers: '100%',
      projects: [
        own('alone', { include: ['test/**/*.test.ts'], exclude: sharing, ...options }),
        own('together', { include: sharing, isolate: false, ...options }),
      ],
    },
  });

export default suite({});
