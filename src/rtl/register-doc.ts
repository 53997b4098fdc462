// The register map as a page for people who write drivers.

import type { Accelerator } from './accelerator.js';
import { designPoint } from './hardware.js';
import { capability } from './registers.js';

export function registerPage({ hardware, registers }: Accelerator): string {
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
    'Write `start` last, wait until `busy` falls.';
  return `# Registers

${designPoint(hardware)}.

${howTo}

| address | register | count x bits | access | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
