// Ctrl-C, and SIGTERM and SIGHUP alike: what is finished stands, work in progress is given up, no more is begun.

import type { Io } from './io.js';

export interface Interruption {
  readonly happened: () => boolean;
  readonly happening: Promise<void>;
  readonly release: () => void;
}

export function listen(io: Io): Interruption {
  let happened = false;
  let release = () => {};
  const happening = new Promise<void>((resolve) => {
    release = io.onInterrupt(() => {
      happened = true;
      resolve();
    });
  });
  return { happened: () => happened, happening, release };
}
