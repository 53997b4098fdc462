// Dot product: one multiplier per position, which may do two products of half the bits, then an adder tree that grows a bit a
// level; unrolled, since widths differ.

import { nth } from '../../base/invariant.js';
import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { parametricInstance } from './instances.js';

interface Term {
  readonly name: string;
  readonly width: number;
}

/** Bits of the whole dot product. */
export const dotBits = (h: Hardware): number => h.weightBits + h.inputBits + Math.ceil(Math.log2(h.vector));

/** The product of a position as it is before the register. */
const splitMultiplier = (h: Hardware, i: number, product: number): readonly string[] => [
  `  wire [${product - 1}:0] made_${i};`,
  '',
  parametricInstance(
    'split_multiply',
    `u_multiply_${i}`,
    { WEIGHT: h.weightBits, INPUT: h.inputBits },
    { split: 'split[0]', natural: 'split[1]', weight: `weight_${i}`, data: `input_${i}`, product: `made_${i}` },
  ),
  '',
];

export function dot(h: Hardware): VerilogFile {
  const product = h.weightBits + h.inputBits;
  const lines: string[] = [];
  let level: Term[] = Array.from({ length: h.vector }, (_, i) => ({ name: `product_${i}`, width: product }));
  for (let depth = 1; level.length > 1; depth++) {
    const next: Term[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [a, b] = [nth(level, i), level[i + 1]];
      const name = `sum_${depth}_${i / 2}`;
      const width = product + depth;
      const extended = ({ name: n, width: w }: Term) => `{{${width - w}{${n}[${w - 1}]}}, ${n}}`;
      lines.push(`  wire signed [${width - 1}:0] ${name} = ${b ? `${extended(a)} + ${extended(b)}` : extended(a)};`);
      next.push({ name, width });
    }
    level = next;
  }
  const products = Array.from({ length: h.vector }, (_, i) => [
    `  wire signed [${h.inputBits - 1}:0] input_${i}  = inputs[${(i + 1) * h.inputBits - 1}:${i * h.inputBits}];`,
    `  wire signed [${h.weightBits - 1}:0] weight_${i} = weights[${(i + 1) * h.weightBits - 1}:${i * h.weightBits}];`,
    `  reg  signed [${product - 1}:0] product_${i};`,
    ...(h.split ? splitMultiplier(h, i, product) : []),
  ]).flat();
  const made = (i: number) => (h.split ? `made_${i}` : `input_${i} * weight_${i}`);
  return verilogFile(
    h,
    'dot',
    [
      `dot product of ${h.vector} signed ${h.inputBits}-bit inputs and ${h.weightBits}-bit weights; ` +
        'two stages: multiply, add.',
      ...(h.split
        ? [
            'A split multiplier adds two products of halves of the words, moved up by half a weight; the sum is moved down.',
          ]
        : []),
    ],
    `
module dot (
    input  wire        clk,${h.split ? '\n    input  wire [1:0]  split,' : ''}
    input  wire [${h.vector * h.inputBits - 1}:0] inputs,
    input  wire [${h.vector * h.weightBits - 1}:0] weights,
    output reg  [${dotBits(h) - 1}:0] sum
);
${products.join('\n')}

  always @(posedge clk) begin
${Array.from({ length: h.vector }, (_, i) => `    product_${i} <= ${made(i)};`).join('\n')}
  end

${lines.join('\n')}

  always @(posedge clk) begin
    sum <= ${h.split ? `split[0] ? ${nth(level, 0).name} >>> ${h.split.weightBits} : ` : ''}${nth(level, 0).name};
  end
endmodule`,
  );
}
