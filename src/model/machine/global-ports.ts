// Ports between the global buffer and the PEs: how wide each is, and so how many beats a line takes. docs/hardware.md says
// the rule in words.

import type { Engine } from './architecture.js';
import { dramChannels, lineChannels } from './dram-channels.js';
import type { LinePath } from './line-path.js';
import { pathOf, unlimited } from './line-path.js';
import type { Template } from './parameters.js';

/** What machines are whose files say nothing of these ports: a line a cycle on each. */
export const linePorts = { globalReadPort: unlimited.channel, globalWritePort: unlimited.channel } as const;
/** The same of all paths, in the order in which versions added them. */
export const linePaths = { ...lineChannels, ...linePorts } as const;
export type PathParameter = keyof typeof linePaths;

/** Inputs read for the PEs, outputs written behind post-processing. */
export const globalPorts = (
  t: Pick<Template, 'vectorSize' | 'numLanes' | 'inputPrecision' | keyof typeof linePorts>,
): { readonly read: LinePath; readonly write: LinePath } => ({
  read: pathOf(t.vectorSize * t.inputPrecision, t.globalReadPort),
  write: pathOf(t.numLanes * t.inputPrecision, t.globalWritePort),
});

/** Beats of a line of each engine; those of the drain are of a line that is stored. */
export function beatsPerLine(
  t: Parameters<typeof dramChannels>[0] & Pick<Template, keyof typeof linePorts>,
): Readonly<Record<Engine, number>> {
  const { weights, inputs, outputs } = dramChannels(t);
  const { read, write } = globalPorts(t);
  return {
    compute: 1,
    load_i: read.beats,
    drain: write.beats,
    load_w: weights.beats,
    fill: inputs.beats,
    spill: outputs.beats,
  };
}
