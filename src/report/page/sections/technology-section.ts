// The constants of a technology, each with its source.

import type { Technology } from '../../../model/machine/technology.js';
import type { Block } from '../blocks.js';
import { fold, tableOf } from '../blocks.js';
import { digits } from '../../tables/quantities.js';

export const technologyBlocks = ({ name, constants, sramArea }: Technology): readonly Block[] => [
  {
    kind: 'once',
    name: `Technology ${name}`,
    blocks: [
      fold(
        `Technology ${name}: every constant with its source`,
        tableOf(
          `Constants of ${name}`,
          ['constant', '>value', 'source'],
          Object.entries(constants).map(([constant, { value, source }]) => [constant, String(value), source]),
        ),
        tableOf(
          `Area of SRAM macros (${sramArea.source})`,
          ['>size (KB)', '>um2 per bit'],
          sramArea.points.map((p) => [String(p.kilobytes), digits(p.um2PerBit)]),
        ),
      ),
    ],
  },
];
