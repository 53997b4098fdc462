// Post-processing alone, against the formula of docs/hardware.md: every shift that its register holds, and sums,
// biases and scales at their ends.

import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { registerBits, scaleBits, shiftBits, shiftOfZero } from '../../src/rtl/hardware.js';
import { registerPage } from '../../src/rtl/register-doc.js';
import { blockOf } from '../../src/rtl/registers.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { smallMachine } from '../support/rtl.js';

interface Post {
  readonly sum: bigint;
  readonly bias: bigint;
  readonly scale: bigint;
  readonly shift: number;
  readonly relu: boolean;
}

/** y = sat(relu(((acc + bias) * scale + (shift ? 2^(shift-1) : 0)) >>> shift)), in numbers without an end but for acc + bias. */
function formula({ sum, bias, scale, shift, relu }: Post, sumBits: number, outputBits: number): bigint {
  const half = shift > 0 ? 2n ** BigInt(shift - 1) : 0n;
  const scaled = (BigInt.asIntN(sumBits, sum + bias) * scale + half) >> BigInt(shift);
  const positive = relu && scaled < 0n ? 0n : scaled;
  const limit = 2n ** BigInt(outputBits - 1);
  return positive < -limit ? -limit : positive > limit - 1n ? limit - 1n : positive;
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
    simulator.set('cfg', place | BigInt.asUintN(bits, value));
    simulator.tick();
    simulator.set('cfg', 0n);
  };
  return (p: Post): bigint => {
    write('post_scale', p.scale);
    write('post_shift', BigInt(p.shift));
    write('post_relu', p.relu ? 1n : 0n);
    write('bias_line', 0n);
    write('bias_data', p.bias);
    simulator.set('sums', BigInt.asUintN(sumBits, p.sum));
    for (const name of ['valid', 'emit']) simulator.set(name, 1);
    simulator.tick();
    for (const name of ['valid', 'emit']) simulator.set(name, 0);
    for (let i = 0; i < 10 && simulator.get('we') === 0n; i++) simulator.tick();
    return BigInt.asIntN(outputBits, simulator.get('wdata'));
  };
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
    const max = 2n ** BigInt(scaleBits) - 1n;
    for (let shift = 0; shift < 2 ** shiftBits; shift++) {
      for (let i = 0; i < 24; i++) {
        const scale = chance.pick([0n, 1n, 2n, max - 1n, max, max, BigInt(chance.below(2 ** scaleBits))]);
        // A sum times a large scale is near what rounds to one, where the shift is large.
        const p: Post = {
          sum: drawn(sumBits, chance),
          bias: i % 3 === 0 ? 0n : drawn(sumBits, chance),
          scale,
          shift,
          relu: chance.next() < 0.3,
        };
        expect({ ...p, y: run(p) }).toEqual({ ...p, y: formula(p, sumBits, outputBits) });
        if (shift >= shiftOfZero({ sumBits })) expect(formula(p, sumBits, outputBits)).toBe(0n);
      }
    }
  },
  60_000,
);

test('the page of registers says the ranges', () => {
  const page = (accumPrecision: number) =>
    registerPage(accelerator(smallMachine('post', { weight: 4, input: 4, sum: 4, bank: 4 }, { accumPrecision })));
  expect(page(24)).toMatch(/`post_shift` .*0 to 63; from 40 on every output is 0/);
  expect(page(48)).toMatch(/`post_shift` .*0 to 63 \|/);
  expect(page(24)).toMatch(/`post_scale` .*unsigned multiplier, 0 to 65535/);
});
