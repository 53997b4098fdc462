import { suite } from './vitest.config.js';

// The same files and laws, with the larger numbers of test/support/cases.ts.
export default suite({ env: { MAGNET_LONG: '1' }, testTimeout: 300_000 });
