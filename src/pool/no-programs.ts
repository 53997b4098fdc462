// In place of programs outside of magnet where none can be started: package.json names this file for browsers.

import type { Execution } from './node/programs.js';

export const execute = (): Promise<Execution> => Promise.resolve({ code: 'missing', stdout: '', stderr: '' });
export const inFolder = (): Promise<never> =>
  Promise.reject(new Error('programs outside of magnet are started by Node only'));
export const textIn = (): Promise<undefined> => Promise.resolve(undefined);
