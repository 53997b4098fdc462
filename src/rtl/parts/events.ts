// What the machine counts: what the model counts.

import type { CounterName } from '../../model/machine/template-names.js';

/** The wire of the top that each counter counts. */
export const events: Readonly<Record<CounterName, string>> = {
  cycles: 'busy',
  mac: 'valid',
  input_read: 'input_re',
  weight_read: 'weight_re',
  sum_read: 'sum_re',
  sum_write: 'sum_we',
  output_write: 'out_we',
  output_read: 'drain_re',
  input_load: 'load_re',
  weight_load: 'weight_rsp_valid',
  fill: 'fill_we',
  store: 'store_we',
  spill: 'output_valid && output_ready',
  residual: 'residual_rsp_valid',
};
