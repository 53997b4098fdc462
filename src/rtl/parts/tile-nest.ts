// A nest over tiles as the control of tiles has it twice: wires of the tile at its head, and an instance of tile_nest.v.

import type { Hardware } from '../hardware.js';
import { counterBits, dramBits, imageBits, tileLoops } from '../hardware.js';
import { parametricInstance } from './instances.js';
import type { Base } from './register-names.js';

const operands = ['input', 'weight', 'output', 'bias', 'residual'] as const;
type Operand = (typeof operands)[number];

/** The pipeline of steps: when the next is issued, when all move on, and which stages have a tile. */
const stages = ['issue', 'shift', 'head', 'middle', 'tail'] as const;

export interface TileNest {
  readonly name: 'outer' | 'inner';
  readonly flags: readonly string[];
  /** Bits of an address of inputs and of outputs. */
  readonly input: number;
  readonly output: number;
  readonly start: string;
  /** Whether an engine of this nest is busy: the next step waits for them all. */
  readonly engines: string;
  readonly busy: string;
  /** Where the first tile of an operand begins. */
  readonly from: Readonly<Record<Operand, string>>;
}

export function tileNest(h: Hardware, base: Base, p: TileNest): string {
  const { name } = p;
  const { bias } = h.address;
  const delta = (operand: Operand) => base.of(`${name}_${operand}_delta`);
  const instance = parametricInstance(
    'tile_nest',
    `u_${name}`,
    {
      DATA: h.configBits,
      LOOPS: tileLoops,
      COUNT: counterBits,
      FLAGS: p.flags.length,
      INPUT: p.input,
      WEIGHT: dramBits,
      OUTPUT: p.output,
      BIAS: bias,
      BOUND: base.of(`${name}_bound`),
      MASK: base.of(`${name}_mask`),
      INPUT_DELTA: delta('input'),
      WEIGHT_DELTA: delta('weight'),
      OUTPUT_DELTA: delta('output'),
      BIAS_DELTA: delta('bias'),
      RESIDUAL: imageBits(h),
      RESIDUAL_DELTA: delta('residual'),
    },
    {
      start: p.start,
      engines: p.engines,
      busy: p.busy,
      ...Object.fromEntries([...stages, 'zeros', 'lasts'].map((port) => [port, `${name}_${port}`])),
      ...Object.fromEntries(operands.map((o) => [`${o}_base`, p.from[o]])),
      ...Object.fromEntries(operands.map((o) => [`${o}_addr`, `${name}_${o}`])),
    },
  );
  return `  wire       ${stages.map((stage) => `${name}_${stage}`).join(', ')};
  wire [${p.flags.length - 1}:0] ${name}_zeros;
  wire [1:0] ${name}_lasts;
  wire [${p.input - 1}:0] ${name}_input;
  wire [${dramBits - 1}:0] ${name}_weight;
  wire [${p.output - 1}:0] ${name}_output;
  wire [${bias - 1}:0] ${name}_bias;
  wire [${imageBits(h) - 1}:0] ${name}_residual;

${instance}`;
}
