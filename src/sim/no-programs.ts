// In place of programs outside of magnet where none can be started: package.json names this file for browsers.

import type { Parsed } from '../base/diagnostics.js';
import { refuse } from '../base/diagnostics.js';

const why = 'programs outside of magnet are started by Node only; take the engine wasm, and its own Yosys';
const refuseHere = (): Promise<Parsed<never>> => Promise.resolve(refuse('no-engine', [], why));

export const buildBench = refuseHere;
export const runBuilt = refuseHere;
export const discard = (): Promise<void> => Promise.resolve();
export const runNativeYosys = (): Promise<never> => Promise.reject(new Error(why));
