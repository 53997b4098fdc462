// Layers of a real network, smaller images but whole channels, with proved mappings: a smoke run of benchmarks/rtl/layers.ts.

import { expect, test } from 'vitest';
import { designOf, mapped, scaledDown } from '../../benchmarks/rtl/designs.js';
import { simba4 } from '../../benchmarks/rtl/machines.js';
import { agreement } from '../../benchmarks/rtl/report.js';
import { simulateLayer } from '../../src/sim/simulate.js';
import { resnet50 } from '../../src/workloads/networks/resnet50.js';
import { inLong } from '../support/cases.js';

/** Halvings that leave runs of some seconds, or of a second or two. */
const chosen: readonly [name: string, halvings: number][] = [
  ['conv1', inLong(3, 4)],
  ['layer1.0.conv2', inLong(2, 3)],
  ['layer4.0.downsample', inLong(1, 2)],
];

test.each(chosen)(
  '%s of ResNet-50 on 4 PEs, with its optimal mapping: as the model says',
  async (name, halvings) => {
    const { layer } = resnet50.network.layers.find((l) => l.layer.name === name)!;
    const m = await mapped(simba4, { layer: scaledDown(layer, halvings), count: 1 }, 120);
    expect(m.layer.status).toBe('optimal');
    const result = await simulateLayer(
      { design: designOf(simba4, 'resnet50', [m.layer]), layer: 0, engine: 'wasm', seed: 1, stalls: 0 },
      () => {},
    );
    const { counters, ...rest } = agreement(result);
    expect(rest).toEqual({ cyclesEqual: true, mismatches: 0 });
    expect(counters.equal).toBe(counters.all);
    expect(result.outputs.saturated / result.outputs.words).toBeLessThan(0.1);
  },
  300_000,
);
