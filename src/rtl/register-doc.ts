// The register map as a page for people who write drivers.

import type { Accelerator } from './accelerator.js';
import { axiByte, axiChannels, axiOwnByte, axiRegisters, axiWordsLog } from './axi.js';
import type { Hardware } from './hardware.js';
import { designPoint } from './hardware.js';
import { capability } from './registers.js';

export function registerPage({ bus, hardware, registers }: Accelerator): string {
  const hex = (n: number) => `0x${n.toString(16).padStart(3, '0')}`;
  const rows = registers.map(
    (b) =>
      `| ${hex(b.base)}` +
      (b.count > 1 ? ` - ${hex(b.base + b.count - 1)}` : '') +
      ` | \`${b.name}\` | ${b.count} x ${b.bits} | ${b.access} | ${b.meaning} |`,
  );
  const word = capability(hardware, registers).toString(16).padStart(8, '0');
  const howTo =
    'Addresses count registers. A program first writes the capability word ' +
    `0x${word} to \`program\`; a machine that is another does not start. ` +
    "Loops of bound 1 may stand anywhere; steps are modulo the register's width. " +
    'Write `start` last, wait until `busy` falls. The next program may be written while a layer runs, but for `start` and ' +
    'for biases in the half of their lines that the layer uses; a register that is not written keeps its value.';
  return `# Registers

${designPoint(hardware)}.

${howTo}

| address | register | count x bits | access | meaning |
|---|---|---|---|---|
${rows.join('\n')}
${bus === 'axi' ? `\n${axiPage(hardware)}` : ''}`;
}

/** How the same registers are reached over AXI4-Lite, what the bus adds, and how memory lies. */
function axiPage(h: Hardware): string {
  const words = 2 ** axiWordsLog(h);
  const hex = (n: number) => `0x${n.toString(16)}`;
  const own = axiRegisters.map(([name, meaning]) => `| ${hex(axiOwnByte(h, name))} | \`${name}\` | ${meaning} |`);
  const above =
    words > 1
      ? `Its words above the first lie at the next ${words - 1} multiples of 4 and are written before it; ` +
        'those that are not written are 0. '
      : '';
  const channels = axiChannels(h).map(
    (c) => `| \`m_axi_${c.name}\` | ${c.words} words of ${c.bits} bits | ${2 ** c.wordLog} | ${8 * 2 ** c.beatLog} |`,
  );
  return `## On AXI

Register r lies at byte r x ${axiByte(h, 1)} of \`s_axi\`. ${above}A write of less than a whole word, one that
is refused, and one of \`start\` or of a register of the bus while \`bus_status\` is busy is answered with SLVERR and changes
nothing but bit 2 of \`status\`. \`busy\` lasts until memory has acknowledged every output.

| byte | register of the bus | meaning |
|---|---|---|
${own.join('\n')}

| master | a request or line | bytes of a word | bits of a beat |
|---|---|---|---|
${channels.join('\n')}

A word is little-endian; of its bytes the machine reads the bits it has, and writes the sign into the rest. Bases are
multiples of a word. Word w of activations lies at \`activation_base\` + w x bytes of a word, of weights likewise.
`;
}
