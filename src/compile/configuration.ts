// What the host writes for every run and when: registers that change, biases in the half that is free, and how much of it
// goes ahead while the run before goes on (docs/hardware.md, Configuration).

import { got } from '../base/invariant.js';
import type { Picojoules } from '../base/units.js';
import { bits, picojoules } from '../base/units.js';
import type { Technology } from '../model/machine/technology.js';
import { latchEnergy, sramEnergy } from '../model/machine/technology.js';
import type { Accelerator } from '../rtl/accelerator.js';
import type { LayerProgram } from '../rtl/program/layer-program.js';
import { inUpperHalf } from '../rtl/program/layer-program.js';
import type { RegisterWrite } from '../rtl/program/register-writes.js';
import { blockOf } from '../rtl/registers.js';
import type { NetworkProgram, PlacedRun, ProgramFigures } from './network-program.js';
import { programsOf } from './network-program.js';

export interface ConfiguredProgram extends LayerProgram {
  /** How many of its writes, the first ones, go while the program before runs. */
  readonly ahead: number;
  /** Cycles between the end of the program before and its own start, by the formula. */
  readonly waited: number;
  /** Of its writes and of taking over all registers. */
  readonly energy: Picojoules;
}

/** The programs of every run, in order; a register that has its value already is not written. */
export function configurationOf(
  program: NetworkProgram,
  technology: Technology,
  figuresOf: (placed: PlacedRun) => ProgramFigures,
): readonly (readonly ConfiguredProgram[])[] {
  const { accelerator: a } = program;
  const energyOf = energies(a, technology);
  const held = new Map<number, RegisterWrite['value']>();
  let before: Running | undefined;
  const next = (whole: LayerProgram, figures: ProgramFigures): ConfiguredProgram => {
    const own = before?.halves === lower ? (inUpperHalf(a, whole) ?? whole) : whole;
    const halves = halvesOf(a, own);
    const written = changed(a, own, held);
    const when = whenWritten(written, before, halves);
    before = { ...figures, halves };
    return { ...written, ...when, energy: energyOf(written) };
  };
  return program.operations.flatMap((placed) => {
    if (placed.kind !== 'run') return [];
    const figures = figuresOf(placed);
    return [programsOf(program, placed).map((whole) => next(whole, figures))];
  });
}

/** What runs while a program may be written, and the halves of biases that it uses, as `bias_half` has them. */
interface Running extends ProgramFigures {
  readonly halves: number;
}
const lower = 1;

/** Docs/hardware.md, Configuration. */
function whenWritten(
  { writes, constants }: LayerProgram,
  before: Running | undefined,
  halves: number,
): Pick<ConfiguredProgram, 'ahead' | 'waited'> {
  // The write of start, and the cycle in which it was taken over.
  const own = 2;
  if (!before) return { ahead: 0, waited: writes.length + own };
  const room = before.cycles + 1;
  const isFree = (before.halves & halves) === 0;
  if (isFree && writes.length + before.lines <= room) return { ahead: writes.length, waited: own };
  const registers = writes.length - constants;
  return { ahead: registers, waited: Math.max(0, registers - room) + constants + own };
}

const halvesOf = ({ registers }: Accelerator, { writes }: LayerProgram): number => {
  const { base } = blockOf(registers, 'bias_half');
  return Number(writes.find(({ address }) => address === base)?.value);
};

/** Without the writes of what registers hold already; the capability word is always said. */
function changed(
  { registers }: Accelerator,
  program: LayerProgram,
  held: Map<number, RegisterWrite['value']>,
): LayerProgram {
  const always = blockOf(registers, 'program').base;
  const all = program.writes.length - program.constants;
  const writes = program.writes.filter(({ address, value }, i) => {
    if (i >= all) return true;
    const isNew = address === always || held.get(address) !== value;
    held.set(address, value);
    return isNew;
  });
  return { ...program, writes };
}

/** Bits written to registers, all registers read and written once when they are taken over, constants to their macros. */
function energies(
  { hardware: h, registers }: Accelerator,
  technology: Technology,
): (program: LayerProgram) => Picojoules {
  const blocks = registers.filter(({ access }) => access === 'write');
  const data = blockOf(registers, 'bias_data').base;
  const bitsAt = new Map(
    blocks.flatMap(({ base, count, bits: width }) =>
      Array.from({ length: count }, (_, i) => [base + i, width] as const),
    ),
  );
  const word = h.sumBits + blockOf(registers, 'post_scale').bits;
  const toMacro = sramEnergy(technology, bits(h.biasDepth * word), word);
  const latched = latchEnergy(technology, 'write', 1);
  const taken =
    [...bitsAt.values()].reduce((n, width) => n + width, 0) * (latched + latchEnergy(technology, 'read', 1));
  return ({ writes, start }) =>
    [...writes, start].reduce(
      (pJ, { address }) => picojoules(pJ + (address === data ? toMacro : latched * got(bitsAt, address))),
      picojoules(taken),
    );
}
