// What a front lies between, and its machines, as tables and pages name them.

import { printValue } from '../../interchange/template-fields.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { FrontMetric } from '../../results/codesign-result.js';
import { energyScale } from './quantities.js';

/** A quantity of the front: its name, the unit that it is shown in, and how many of the model's units that is. */
export interface FrontAxis {
  readonly name: string;
  readonly unit: string;
  readonly size: number;
}

/** The PEs, the multipliers of each, and the largest memory. */
export const machineText = (p: DesignPoint): string =>
  `${p.rows}x${p.columns} PEs of ${p.vectorSize}x${p.numLanes}, ${printValue('globalBuffer', p.globalBuffer)}`;

/** `clock` in MHz, where all machines have one. */
export function axisOf(
  metric: FrontMetric,
  values: readonly number[],
  { networks, clock }: { readonly networks: number; readonly clock: number | undefined },
): FrontAxis {
  const weighted = networks > 1 && metric !== 'area' ? 'weighted ' : '';
  const name = `${weighted}${metric === 'edp' ? 'EDP' : metric === 'layer-edp' ? "layers' EDPs" : metric}`;
  const max = Math.max(0, ...values);
  switch (metric) {
    case 'energy': {
      const scale = energyScale(values);
      return { name, unit: scale.unit, size: scale.pJ };
    }
    case 'latency':
      return clock !== undefined ? timeAxis(name, max, clock) : { name, unit: 'cycles', size: 1 };
    case 'area':
      return { name, unit: 'mm2', size: 1 };
    case 'edp':
    case 'layer-edp': {
      const power = max >= 1e6 ? 3 * Math.floor(Math.log10(max) / 3) : 0;
      return { name, unit: power > 0 ? `10^${power} pJ*cycles` : 'pJ*cycles', size: 10 ** power };
    }
  }
}

/** MHz are cycles per us. */
const timeAxis = (name: string, max: number, clock: number): FrontAxis =>
  max >= 1000 * clock ? { name, unit: 'ms', size: 1000 * clock } : { name, unit: 'us', size: clock };
