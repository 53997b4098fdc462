// What becomes of a run's sums, as the registers of post-processing want it.

import { nth } from '../base/invariant.js';
import type { Channel } from '../reference/integer-arithmetic.js';
import type { PostProcessing, ResidualTerm } from '../rtl/program/post-registers.js';
import { constantOf, maxScale, postFaults } from '../rtl/program/post-registers.js';
import { hardwareOf, maxLift } from '../rtl/hardware.js';
import type { Template } from '../model/machine/template.js';
import type { Diagnostic } from '../base/diagnostics.js';
import type { Lowered, MachineRun } from './lowered.js';
import { isMoved } from './lowered.js';
import { numberAbove } from './storage.js';

/** Numbers of unsigned words are more than their words, which the machine multiplies: the biases make up for it. */
export function postOf(run: MachineRun, bits: number): PostProcessing {
  const { name, layer, finish, output, residual } = run;
  const { channels, low, high, multiplies } = finish;
  const count = layer.bounds.G * layer.bounds.K;
  const above = numberAbove(run.input.storage, bits);
  const lacking = above === 0 ? [0] : weightSums(run).map((sum) => above * sum);
  const shared = channels.every((c) => c.scale === channels[0]?.scale && c.shift === channels[0].shift);
  const own = shared ? channels.slice(0, 1) : channels;
  const term: ResidualTerm | undefined = !residual
    ? undefined
    : multiplies
      ? { combine: 'multiply', unsigned: residual.storage.unsigned }
      : { combine: 'add', unsigned: residual.storage.unsigned, ...secondOf(name, channels) };
  return {
    bias: Array.from(
      { length: count },
      (_, k) => nth(channels, channels.length === 1 ? 0 : k).bias + constantOf(lacking, k),
    ),
    scale: own.map((c) => c.scale),
    shift: own.map((c) => c.shift),
    low,
    high,
    unsigned: output.storage.unsigned,
    wrap: finish.wraps ?? false,
    ...(term && { residual: term }),
  };
}

/** Of each output channel, or of all alike. */
function weightSums({ name, layer, weights }: MachineRun): readonly number[] {
  const { G, K, C, R, S } = layer.bounds;
  const each = C * R * S;
  if (typeof weights === 'number') return [weights * each];
  if (isMoved(weights)) throw new Error(`invariant: ${name} multiplies unsigned words by a tensor`);
  return Array.from({ length: G * K }, (_, k) => weights.subarray(k * each, (k + 1) * each).reduce((n, w) => n + w, 0));
}

/** The one factor that the second scales of all channels stand for. */
function secondOf(name: string, channels: readonly Channel[]): { readonly scale: number; readonly shift: number } {
  const finest = channels.reduce((a, b) => (b.shift < a.shift ? b : a));
  let { second: scale, shift } = finest;
  if (channels.some((c) => c.second !== scale * 2 ** (c.shift - finest.shift)))
    throw new Error(`invariant: the residual of ${name} has several factors`);
  for (; Math.abs(scale) > maxScale && scale % 2 === 0 && shift > 0; shift--) scale /= 2;
  return { scale, shift };
}

/** By how much shifts of channels may differ from that of a residual on a machine. */
export const residualLift = (template: Template): number => maxLift(hardwareOf(template));

/** Bits of a sum that the drain multiplies by a second operand (docs/hardware.md, Arithmetic). */
const factorBits = 16;

/** Runs whose words are wider than a unit of the machine takes, whatever they are: a sentence for each. */
export function beyondMachine(
  { name, inputPrecision, weightPrecision }: Template,
  { operations }: Lowered,
): readonly Diagnostic[] {
  return operations.flatMap((run) => {
    if (run.kind === 'run' && isMoved(run.weights) && weightPrecision < inputPrecision) {
      const message =
        `step ${run.name} multiplies two tensors, one of which is moved to where weights are; words of ${inputPrecision} bits ` +
        `have no room in the ${weightPrecision} of ${name}; take a machine whose weights are as wide as its activations`;
      return [{ code: 'out-of-range', path: [], message }];
    }
    if (run.kind !== 'run' || !run.finish.multiplies || inputPrecision <= factorBits) return [];
    const message =
      `step ${run.name} multiplies two tensors in words of ${inputPrecision} bits; the drain of ${name} does so with ` +
      `up to ${factorBits}`;
    return [{ code: 'out-of-range', path: [], message }];
  });
}

/** Constants of runs that the machine's registers cannot hold, a sentence for each run. */
export function beyondRegisters(template: Template, { operations }: Lowered): readonly Diagnostic[] {
  const hardware = hardwareOf(template);
  return operations.flatMap((run) => {
    const [fault] = run.kind === 'run' ? postFaults(hardware, run.layer, postOf(run, hardware.inputBits)) : [];
    return fault ? [{ ...fault, path: [], message: `step ${run.name}: ${fault.message}` }] : [];
  });
}
