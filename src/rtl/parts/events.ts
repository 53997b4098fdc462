// What the machine counts: what the model counts.

import type { CounterName } from '../../model/machine/template-names.js';
import type { Hardware } from '../hardware.js';
import { isGeared, linesTo } from './gears.js';

/** The wire of the top that each counter counts: lines, in however many beats they come. */
export const events = (h: Hardware): Readonly<Record<CounterName, string>> => ({
  cycles: 'running',
  mac: 'valid',
  input_read: 'input_re',
  weight_read: 'weight_re',
  sum_read: 'sum_re',
  sum_write: 'sum_we',
  output_write: 'out_we',
  output_read: 'drain_re',
  input_load: 'load_re',
  weight_load: isGeared(h, 'weight') ? 'weight_whole_valid' : 'weight_rsp_valid',
  fill: 'fill_we',
  store: 'store_we',
  spill: `${linesTo(h).valid} && ${linesTo(h).ready}`,
  residual:
    (isGeared(h, 'residual') ? 'residual_whole_valid' : 'residual_rsp_valid') + (h.residency ? ' || residual_re' : ''),
});
