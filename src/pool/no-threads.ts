// In place of threads where there are none: package.json names this file for browsers.

import type { Runner } from './tasks.js';

export function openRunner(): Runner<never> {
  throw new Error(
    'workers: threads are of Node; leave workers out, and all is done in this thread, ' +
      'or give a transport of webWorkers',
  );
}

export const hasThreads = (): boolean => false;
