// A schedule as a picture over its runs: who lies in which banks of the global buffer.

import type { ScheduleInResult } from '../../results/schedule-result.js';
import type { Occupied, ResidencyFigure } from './residency.js';

export function scheduleFigure(r: ScheduleInResult): ResidencyFigure {
  const stays = r.tensors.filter((t) => t.stays);
  const tiles = r.runs.flatMap(({ inputTiles, outputTiles }, run) => {
    const taken = stays.filter((t) => t.from <= run && run <= t.upTo);
    const free = Array.from({ length: r.banks }, (_, bank) =>
      taken.every(({ bank: first = 0, banks }) => bank < first || bank >= first + banks),
    );
    // Which of the banks that are left a tile has is the program's; here they are drawn from the first on.
    const used = free.flatMap((is, bank) => (is ? [bank] : [])).slice(0, 2 * (inputTiles + outputTiles));
    return used.map((bank) => ({ bank, banks: 1, from: run, upTo: run }));
  });
  return {
    kind: 'residency',
    title: `${r.network} on ${r.arch}: the global buffer over the runs of the network`,
    subtitle: `${stays.length} tensors stay in ${r.banks} banks; from left to right the runs in their order, each as wide as the others`,
    description: `in each run the banks of the tensors that stay, and those of its tiles; ${r.runs.length} runs`,
    banks: r.banks,
    steps: r.runs.map((run) => run.name),
    tensors: stays.flatMap(({ name, bank, banks, from, upTo }): Occupied[] =>
      bank === undefined ? [] : [{ name, bank, banks, from, upTo }],
    ),
    tiles,
  };
}
