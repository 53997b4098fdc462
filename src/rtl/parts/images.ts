// Places in the global buffer where tensors may stay there: of what an address generator steps through, the place, which is
// nowhere where that is outside of the image.

import type { Hardware } from '../hardware.js';
import type { Residency } from '../residency.js';
import type { Base } from './register-names.js';
import { addrGen, cfgRegs } from './instances.js';

/** Registers that say where an image begins and ends. */
export const imageRegisters = { input: ['input_first', 'input_end'], output: ['output_end'] } as const;

type Generator = Omit<Parameters<typeof addrGen>[2], 'addr'>;

/**
 * An address generator for `place`; where tensors may stay in the global buffer, for the position `at` in an image there, and the
 * place that it has.
 */
export function placeGen(
  h: Hardware,
  base: Base,
  name: string,
  image: 'input' | 'output',
  place: string,
  p: Generator,
): string {
  if (!h.residency) return addrGen(h, name, { ...p, addr: place });
  return `  wire [${h.residency.bits - 1}:0] at;

${addrGen(h, name, { ...p, addr: 'at' })}
${placeIn(h, h.residency, base, image, place)}`;
}

function placeIn(h: Hardware, r: Residency, base: Base, image: 'input' | 'output', place: string): string {
  const end = Math.max(r.positionBits, r.channelBits);
  const above = r.placeBits + r.guardBits;
  const field = (from: number, bits: number) => `at[${from} +: ${bits}]`;
  const channel = field(above, r.channelBits);
  const column = field(above + r.channelBits, r.positionBits);
  const row = field(above + r.channelBits + r.positionBits, r.positionBits);
  const below = (x: string, bits: number, i: number) =>
    `${end > bits ? `{${end - bits}'d0, ${x}}` : x} < image_end[${i * end} +: ${end}]`;
  const within = [
    below(channel, r.channelBits, 0),
    below(column, r.positionBits, 1),
    below(row, r.positionBits, 2),
    ...(image === 'input'
      ? [column, row].map((x, i) => `${x} >= image_first[${i * r.positionBits} +: ${r.positionBits}]`)
      : []),
  ];
  const first =
    image === 'input'
      ? `  wire [${2 * r.positionBits - 1}:0] image_first;

${cfgRegs(h, 'image_first', r.positionBits, base.of('input_first'), 'image_first', 2)}

`
      : '';
  return `
${first}  wire [${3 * end - 1}:0] image_end;

${cfgRegs(h, 'image_end', end, base.of(`${image}_end`), 'image_end', 3)}

  wire is_there = ${within.join(' &&\n      ')};
  wire unused_guard = &{1'b0, at[${r.placeBits} +: ${r.guardBits}]};

  assign ${place} = {!is_there, at[${r.placeBits - 1}:0]};`;
}
