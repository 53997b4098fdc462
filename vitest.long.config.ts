import { defineConfig, mergeConfig } from 'vitest/config';
import short from './vitest.config.js';

// The same files and laws, with the larger numbers of test/support/cases.ts.
export default mergeConfig(short, defineConfig({ test: { env: { MAGNET_LONG: '1' }, testTimeout: 300_000 } }));
