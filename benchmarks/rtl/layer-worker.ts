// A worker process: maps layers and simulates them, one after the other, on machines that it keeps ready to run.

import { macs, printShape } from '../../src/index.js';
import type { CountedLayer, Template } from '../../src/index.js';
import { runChain } from '../../src/sim/chain.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { designOf, mapped, scaledDown } from './designs.js';
import type { Mapped } from './designs.js';
import type { Agreement } from './report.js';
import { agreement } from './report.js';

export interface LayerJob {
  readonly template: Template;
  readonly network: string;
  readonly layer: CountedLayer;
  /** Seconds for the mapper, and cycles beyond which the layer's output is scaled down. */
  readonly time: number;
  readonly maxCycles: number;
}

export interface LayerRow extends Agreement {
  readonly machine: string;
  readonly layer: string;
  readonly shape: string;
  readonly count: number;
  /** P and Q were halved so often. */
  readonly halvings: number;
  readonly macs: number;
  readonly solver: string;
  readonly status: string;
  readonly gap: number;
  readonly mapSeconds: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly words: number;
  readonly zeros: number;
  readonly saturated: number;
  readonly seconds: number;
  readonly cyclesPerSecond: number;
}

export type LayerAnswer = { readonly row: LayerRow } | { readonly error: string };

const machines = new Map<string, Promise<Simulator>>();

async function measure({ template: t, network, layer, time, maxCycles }: LayerJob): Promise<LayerRow> {
  if (!machines.has(t.name)) machines.set(t.name, machineSimulator(t));
  const simulator = await machines.get(t.name)!;
  let halvings = 0;
  let m: Mapped;
  for (;;) {
    m = await mapped(t, { layer: scaledDown(layer.layer, halvings), count: 1 }, time);
    if (m.layer.cycles <= maxCycles || m.layer.layer.bounds.P * m.layer.layer.bounds.Q === 1) break;
    halvings++;
  }
  // A chain of one layer.
  const r = runChain({ design: designOf(t, network, [m.layer]), seed: 1, stalls: 0 }, simulator, () => {}).layers[0]!;
  const { words, zeros, saturated } = r.outputs;
  return {
    machine: t.name,
    layer: layer.layer.name,
    shape: printShape(m.layer.layer),
    count: layer.count,
    halvings,
    macs: macs(m.layer.layer),
    solver: m.solver,
    status: m.layer.status,
    gap: m.layer.gap,
    mapSeconds: m.seconds,
    cycles: r.cycles,
    words,
    zeros,
    saturated,
    seconds: r.seconds,
    cyclesPerSecond: r.cyclesPerSecond,
    ...agreement(r),
  };
}

process.on('message', (job: LayerJob) => {
  const send = (answer: LayerAnswer) => void process.send?.(answer);
  measure(job).then(
    (row) => send({ row }),
    (cause: Error) => send({ error: `${job.layer.layer.name} on ${job.template.name}: ${cause.message}` }),
  );
});
