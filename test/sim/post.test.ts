// Post-processing alone, against the formula of docs/hardware.md: every shift that its register holds, and sums,
// biases and scales at their ends.

import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { maxLift, registerBits, scaleBits, shiftBits } from '../../src/rtl/hardware.js';
import { registerPage } from '../../src/rtl/register-doc.js';
import { blockOf } from '../../src/rtl/registers.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { smallMachine } from '../support/rtl.js';

interface Post {
  readonly sum: bigint;
  readonly residual: bigint;
  readonly bias: bigint;
  readonly scale: bigint;
  readonly shift: number;
  readonly second: bigint;
  readonly secondShift: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly unsigned: boolean;
  readonly unsignedResidual: boolean;
  readonly multiply: boolean;
  readonly wrap: boolean;
}

/** The formula of docs/hardware.md in halves of a unit, in numbers without an end but for acc + bias. */
function formula(p: Post, sumBits: number, outputBits: number): bigint {
  const top = 1n << BigInt(outputBits - 1);
  const x = BigInt.asIntN(sumBits, p.sum + p.bias);
  const r = p.residual + (p.unsignedResidual ? top : 0n);
  const narrow = x > 32767n ? 32767n : x < -32768n ? -32768n : x;
  const scaled = p.multiply
    ? narrow * r * p.scale
    : x * p.scale + ((r * p.second) << BigInt(p.second === 0n ? 0 : p.shift - p.secondShift));
  const unit = 1n << BigInt(p.shift);
  const floor = scaled >> BigInt(p.shift);
  const [rest, odd] = [2n * (scaled - floor * unit), floor & 1n];
  const rounded = rest > unit || (rest === unit && odd === 1n) ? floor + 1n : floor;
  const limited = rounded < p.low ? p.low : rounded > p.high ? p.high : rounded;
  return BigInt.asIntN(outputBits, (p.wrap ? floor : limited) - (p.unsigned ? top : 0n));
}

/** Ends, their neighbours, zero, and anything in between. */
function drawn(bits: number, chance: Random): bigint {
  const end = 2n ** BigInt(bits - 1);
  const any = () => BigInt.asIntN(bits, (BigInt(chance.below(2 ** 32)) << 32n) | BigInt(chance.below(2 ** 32)));
  return BigInt.asIntN(
    bits,
    chance.pick([-end, -end, 1n - end, end - 1n, -1n, 0n, 1n, any(), any(), any() >> BigInt(chance.below(bits))]),
  );
}

/** The unit of one lane, on its own: a bias and the settings written, one sum through it. */
async function unit(sumBits: number, outputBits: number) {
  const t = smallMachine(
    'post',
    { weight: 4, input: 4, sum: 4, bank: 4 },
    {
      vectorSize: 1,
      numLanes: 1,
      rows: 1,
      columns: 1,
      weightPrecision: 1,
      inputPrecision: outputBits,
      accumPrecision: sumBits,
      biasLines: 1,
    },
  );
  const a = accelerator(t);
  const simulator = buildSimulator(
    await elaborate(Object.fromEntries(a.files.map((f) => [`${f.module}.v`, f.text])), 'post'),
    'post',
  );
  const write = (name: string, value: bigint) => {
    const { base, bits } = blockOf(a.registers, name);
    const place = BigInt((1 << registerBits) | base) << BigInt(a.hardware.configBits);
    // Written, then taken over.
    for (const cfg of [place | BigInt.asUintN(bits, value), 1n << BigInt(registerBits + 1 + a.hardware.configBits)]) {
      simulator.set('cfg', cfg);
      simulator.tick();
    }
    simulator.set('cfg', 0n);
  };
  return (p: Post): bigint => {
    const flags = [p.unsigned, p.unsignedResidual, p.multiply, p.wrap];
    write('post_mode', BigInt(flags.reduce((bits, flag, i) => bits + (flag ? 2 ** i : 0), 0)));
    write('post_low', p.low);
    write('post_high', p.high);
    write('residual_scale', p.second);
    write('residual_shift', BigInt(p.secondShift));
    write('post_scale', (BigInt(p.shift) << BigInt(scaleBits)) | BigInt.asUintN(scaleBits, p.scale));
    write('bias_line', 0n);
    write('bias_data', p.bias);
    simulator.set('sums', BigInt.asUintN(sumBits, p.sum));
    simulator.set('residual', BigInt.asUintN(outputBits, p.residual));
    for (const name of ['valid', 'emit']) simulator.set(name, 1);
    simulator.tick();
    for (const name of ['valid', 'emit']) simulator.set(name, 0);
    // What comes behind must not matter.
    for (const name of ['sums', 'residual']) simulator.set(name, 0n);
    for (let i = 0; i < 10 && simulator.get('we') === 0n; i++) simulator.tick();
    return BigInt.asIntN(outputBits, simulator.get('wdata'));
  };
}

/** A scale at its ends, or any. */
const drawnScale = (chance: Random): bigint => {
  const max = 2n ** BigInt(scaleBits - 1) - 1n;
  return chance.pick([0n, 1n, -1n, 2n, max - 1n, max, max, -max, -max - 1n, drawn(scaleBits, chance)]);
};

function drawnPost(shift: number, sumBits: number, outputBits: number, chance: Random): Post {
  const unsigned = chance.next() < 0.3;
  const [min, max] = unsigned
    ? [0n, 2n ** BigInt(outputBits) - 1n]
    : [-(2n ** BigInt(outputBits - 1)), 2n ** BigInt(outputBits - 1) - 1n];
  const within = () => min + (BigInt.asUintN(outputBits, drawn(outputBits, chance)) % (max - min + 1n));
  const [a, b] = chance.pick([
    [min, max],
    [min, max],
    [0n, max],
    [within(), within()],
  ] as const);
  const lift = Math.min(shift, chance.pick([0, maxLift({ sumBits, inputBits: outputBits }), chance.below(8)]));
  const kind = chance.pick(['none', 'none', 'add', 'add', 'multiply'] as const);
  return {
    sum: drawn(sumBits, chance),
    residual: drawn(outputBits, chance),
    bias: chance.next() < 0.3 ? 0n : drawn(sumBits, chance),
    scale: drawnScale(chance),
    shift,
    second: kind === 'add' ? drawnScale(chance) : 0n,
    secondShift: shift - Math.min(lift, maxLift({ sumBits, inputBits: outputBits })),
    low: a < b ? a : b,
    high: a < b ? b : a,
    unsigned,
    unsignedResidual: chance.next() < 0.4,
    multiply: kind === 'multiply',
    wrap: chance.next() < 0.2,
  };
}

/** A sum and a residual that make exactly half of a unit, so that it is told by the even one; undefined where there is no room. */
function tie(p: Post, sumBits: number, chance: Random): Post | undefined {
  if (p.shift === 0 || p.shift > sumBits - 2) return undefined;
  const sum = BigInt(2 * chance.below(8) - 7) << BigInt(p.shift - 1);
  const fits = BigInt.asIntN(sumBits, sum) === sum;
  return fits ? { ...p, sum, bias: 0n, scale: 1n, second: 0n, multiply: false } : undefined;
}

test.each([
  [2, 1],
  [3, 2],
  [8, 4],
  [13, 4],
  [16, 8],
  [17, 16],
  [24, 8],
  [32, 16],
  [40, 8],
  [46, 8],
  [47, 31],
  [48, 8],
  [49, 32],
  [63, 16],
  [64, 8],
  [64, 32],
])(
  'sums of %i bits to outputs of %i: every shift gives what the formula says',
  async (sumBits, outputBits) => {
    const run = await unit(sumBits, outputBits);
    const chance = seeded(sumBits * 100 + outputBits);
    for (let shift = 0; shift < 2 ** shiftBits; shift++) {
      for (let i = 0; i < 32; i++) {
        const any = drawnPost(shift, sumBits, outputBits, chance);
        const p = (i % 4 === 0 && tie(any, sumBits, chance)) || any;
        expect({ ...p, y: run(p) }).toEqual({ ...p, y: formula(p, sumBits, outputBits) });
      }
    }
  },
  60_000,
);

test('the page of registers says the ranges', () => {
  const page = (accumPrecision: number) =>
    registerPage(accelerator(smallMachine('post', { weight: 4, input: 4, sum: 4, bank: 4 }, { accumPrecision })));
  expect(page(24)).toMatch(/`post_scale` \| 1 x 23 .*right shift, 0 to 63 \|/);
  expect(page(24)).toMatch(/`residual_shift` .*0 to 16 less than each shift/);
  expect(page(48)).toMatch(/`residual_shift` .*0 to 40 less than each shift/);
});
