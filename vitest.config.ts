import { defineConfig } from 'vitest/config';

export default defineConfig({
  // All processors: by default one is left idle, which of two is half.
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
});
