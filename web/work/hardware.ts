// The generated Verilog of a design at work: a layer simulated, the machine synthesized, as the command line does both.

import type { SimulationState } from 'magnet-accelerator';
import {
  asHardware,
  blocksHtml,
  buildTime,
  parseDesign,
  printSimulateResult,
  printSynthResult,
  runTime,
  simulate,
  simulateResult,
  simulationBlocks,
  stamped,
  synthBlocks,
  synthesize,
  synthResult,
  version,
} from 'magnet-accelerator';
import { sound } from './answer/answer.js';
import type { LayerAsked } from './details.js';
import { withinMemory } from './memory.js';

export interface HardwareTimes {
  /** Layers that have a mapping, in the design's order; seconds of each once the simulator is there. */
  readonly layers: readonly { readonly name: string; readonly cycles: number; readonly seconds: number }[];
  /** Seconds until it is there, and of all layers as often as the network has them. */
  readonly building: number;
  readonly whole: number;
}

export interface HardwareFound {
  /** What was found, in a sentence. */
  readonly says: string;
  /** Where hardware and model differ; empty where they agree. */
  readonly disagreements: readonly string[];
  /** Tables and lines of the command line's text, as the report's HTML, whose texts are escaped. */
  readonly shown: string;
  /** As `--json` writes it. */
  readonly result: string;
  /** What asks the command line the same. */
  readonly command: string;
}

/** The command line's defaults. */
const usual = { seed: 1, stalls: 0, latency: 0, bus: 'native' } as const;

export const hardwareIn = (text: string) => sound(asHardware(sound(parseDesign(text, 'design.json'))));

const mapped = (design: ReturnType<typeof hardwareIn>) =>
  design.layers.flatMap((layer, index) => (layer.mapping === null ? [] : [{ ...layer, index }]));

/** Rejects with what there is no hardware for. */
export async function times(text: string): Promise<HardwareTimes> {
  await Promise.resolve();
  const design = hardwareIn(text);
  const { template } = design.machine;
  return {
    layers: mapped(design).map(({ layer, cycles }) => ({
      name: layer.name,
      cycles,
      seconds: runTime(template, cycles),
    })),
    building: buildTime('wasm', template),
    whole: mapped(design).reduce((n, { count, cycles }) => n + count * runTime(template, cycles), 0),
  };
}

export const simulated = (asked: LayerAsked, progress: (state: SimulationState) => void): Promise<HardwareFound> =>
  withinMemory('this simulation', () => simulatedLayer(asked, progress));

async function simulatedLayer(
  { design: text, place }: LayerAsked,
  progress: (state: SimulationState) => void,
): Promise<HardwareFound> {
  const design = hardwareIn(text);
  const index = mapped(design)[place]?.index;
  if (index === undefined) throw new Error('the design has no such layer');
  const [found] = await simulate(design, { ...usual, layers: [index], progress: (_, state) => progress(state) });
  if (!found) throw new Error('the layer was not simulated');
  const { disagreements, ...layer } = found;
  const result = simulateResult({ ...usual, design: design.name }, 'wasm', [layer]);
  const { counters, cycles, outputs } = layer;
  const equal = counters.filter((c) => c.model === c.rtl).length;
  return {
    says:
      `${outputs.words - outputs.mismatches} of ${outputs.words} output words are right; the Verilog took ` +
      `${cycles.rtl} cycles, the model says ${cycles.model}; ${equal} of ${counters.length} counts are equal.`,
    disagreements,
    shown: blocksHtml(simulationBlocks(layer)),
    result: printSimulateResult(stamped(result, version)),
    command: `magnet simulate design.json --layer ${index}`,
  };
}

export const synthesized = (text: string, progress: (stage: string) => void): Promise<HardwareFound> =>
  withinMemory('this synthesis', () => synthesizedMachine(text, progress));

async function synthesizedMachine(text: string, progress: (stage: string) => void): Promise<HardwareFound> {
  const design = hardwareIn(text);
  const result = synthResult(design.name, await synthesize(design, { progress }));
  const { synthesized: area, model } = result.total;
  const apart = area === null ? undefined : 100 * (area / model - 1);
  return {
    says:
      area === null || apart === undefined
        ? `The model says ${model.toFixed(3)} mm2; cells and technology are of different nodes, so no sum stands beside it.`
        : `${area.toFixed(3)} mm2 of cells and memories, the model says ${model.toFixed(3)} mm2: ` +
          `${apart < 0 ? '' : '+'}${apart.toFixed(1)} %.`,
    disagreements: [],
    shown: blocksHtml(synthBlocks(result)),
    result: printSynthResult(stamped(result, version)),
    command: 'magnet synth design.json',
  };
}
