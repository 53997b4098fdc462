// What stands in the folder of a compiled network, for those who build a system around the machine.

import type { CompiledNetwork } from './compiled.js';
import type { Titles } from './program-header.js';

export function programPage(
  c: CompiledNetwork,
  { network, design }: Titles,
  { bits, bytes }: { readonly bits: number; readonly bytes: number },
  sources: readonly string[],
): string {
  const runs = c.operations.filter((o) => o.kind === 'run');
  const hosts = c.operations.filter((o) => o.kind === 'host');
  const copies = c.operations.filter((o) => o.kind === 'copy');
  const given = c.activations.before.length;
  const cycles = runs.reduce((n, o) => n + o.cycles, 0);
  return `# ${network} on ${design}

${runs.length} runs of the machine (${cycles} cycles by the model), ${copies.length} copies, ${hosts.length} steps of the host.
${sources.map((line) => `${line}.`).join(' ')}

| file | what |
|---|---|
| program.json | all of the below as data (schema magnet-program/2): operations in order, where every tensor lies |
| records.bin | register writes, ${c.recordWords} words of 32 bits each (little endian): register, value (low word first) |
| activations.bin | memory of activations before the first run: its first ${given} words, others are zero |
| weights.bin | memory of weights before the first run: all ${c.weights.words} words |
${
  c.host.length > 0
    ? `| host.bin | ${c.host.length} numbers that steps of the host compute with, 32-bit real, little endian |
`
    : ''
}| network.h | the same operations and addresses in C |
| magnet_driver.h, magnet_driver.c | a driver in C99 that runs them on the machine on AXI; the same for all networks |

A word has ${bytes === 1 ? 'one byte' : `${bytes} bytes, little endian`}, with its sign.${
    c.tensors.some((t) => t.unsigned)
      ? ` Tensors that program.json calls
unsigned have numbers from 0 to ${2 ** bits - 1}: a number is the word and ${2 ** (bits - 1)}, as if its top bit were flipped.`
      : ''
  }
Addresses count words from the beginning of their memory.

1. Take ${c.activations.words} words for activations and set all to zero: what surrounds images stays as it is then, and no run writes it.
   Take ${c.weights.words} words for weights. Load activations.bin and weights.bin at word 0 of each. This is done once.
2. Store the words of each input where program.json says (\`inputs\`, \`tensors\`): loops outermost first, in the order of
   ONNX; the k-th element of the tensor is at base + the sum of its positions times their strides.
3. Do the operations in order. A run writes its records to the registers, the last of which starts the machine, and waits
   until bit 0 of \`status\` is 0; meanwhile the first \`ahead\` records of the next run may be written already. Registers
   that keep their values from run to run are not written again: runs go in their order, from the first on. Bit 1 says
   that the program was accepted: it begins with the capability word
   0x${c.capability.toString(16).padStart(8, '0')} of this machine. A copy moves words. A step of the host is yours: it
   reads and writes the tensors that it names. Its \`work\` says what it computes: numbers of a tensor times their scale go
   in; the nearest number, halves to the even one, of what comes out divided by \`scale\` is stored, within low and high; what
   is no number is 0. An input that has no place in \`tensors\` are places in a table, which the host alone reads.
4. Read the outputs as the inputs were stored.${
    c.tensors.some((t) => t.upper)
      ? ` A sum has its lowest ${bits} bits there, the next in the words of
   \`upper\`, and so on; the last piece has its sign. Each piece is an output of network.h, the lowest first.`
      : ''
  } Any other tensor can be read between the operations that \`live\` names:
   rooms are shared by tensors that are not needed at the same time. For the next input begin at 2.

## The driver

On AXI (\`magnet rtl --bus axi\`) the driver does all of this. It allocates nothing and needs no library; the platform gives it
\`struct magnet_io\`: reads and writes of the AXI4-Lite slave, where both memories lie for the processor and for the machine,
records.bin as it is, a wait for the interrupt (or none, and it polls), a function for steps of the host (or none).

\`\`\`c
#include "network.h"

struct magnet_io io = {context, write32, read32, wait, host, activations, weights, activation_base, weight_base, records};
magnet_load(&magnet_network, &io, activations_bin, weights_bin);         /* 1, once */
magnet_put(&magnet_network, &io, &magnet_network.input[0], words);       /* 2 */
int result = magnet_run(&magnet_network, &io);                           /* 3: MAGNET_DONE, or why not */
magnet_get(&magnet_network, &io, &magnet_network.output[0], results);    /* 4 */
\`\`\`

The processor and the machine must see the same words in memory: memory is coherent or not cached, and \`write32\` and
\`read32\` are not reordered with it. Registers are those of \`magnet rtl\`'s registers.md.
`;
}
