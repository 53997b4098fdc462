// The machines that are simulated: Simba with 4 and with 16 PEs (vector 8, lanes 8), MAGNet with 1 and with 16 PEs of 256 multipliers.

import { magnet, simba } from '../../src/index.js';
import type { Template } from '../../src/index.js';

const resized = (t: Template, rows: number, columns: number): Template => ({
  ...t,
  name: `${t.name}-${rows}x${columns}`,
  source: `${t.name} with ${rows} x ${columns} PEs`,
  rows,
  columns,
});

export const simba4 = resized(simba, 2, 2);
export const simba16 = resized(simba, 4, 4);
export const magnet1 = resized(magnet, 1, 1);
export const magnet16 = resized(magnet, 4, 4);
