// The constants of a technology, each with its source.

import type { Technology } from '../../../model/machine/technology.js';
import type { Block } from '../blocks.js';
import { fold, tableOf } from '../blocks.js';
import { digits } from '../../tables/quantities.js';
import { shapeRows } from '../../tables/listings.js';

export const technologyBlocks = ({ name, constants, sramShape, sramArea }: Technology): readonly Block[] => [
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
        ...(sramShape
          ? [tableOf(`Shape of SRAM macros (${sramShape.source})`, ['what', '>value'], shapeRows(sramShape))]
          : []),
        tableOf(
          `Area of SRAM macros (${sramArea.source})`,
          ['>size (KB)', '>um2 per bit'],
          sramArea.points.map((p) => [String(p.kilobytes), digits(p.um2PerBit)]),
        ),
      ),
    ],
  },
];
