// Macros as LEF: their size as the cost model has their area, and pins along the left edge of one layer.

import type { Memory } from './memories.js';
import { macroName } from './memories.js';
import { bitsOf, pinsOf } from './ports.js';

/** Of a pin, um; half of what is between two at least. */
const pinSize = 0.08;
/** Height to width of a macro with room for its pins. */
const aspect = 2;

const um = (n: number): string => n.toFixed(3);

function macro(memory: Memory, layer: string): string {
  const name = macroName(memory);
  const pins = pinsOf(memory).flatMap((pin) => bitsOf(pin).map((bit) => ({ bit, pin })));
  const area = memory.area * 1e6;
  const height = Math.max(Math.sqrt(area * aspect), 2 * pinSize * (pins.length + 1));
  const width = area / height;
  const pitch = height / (pins.length + 1);
  return [
    `MACRO ${name}`,
    '  CLASS BLOCK ;',
    '  ORIGIN 0 0 ;',
    `  FOREIGN ${name} 0 0 ;`,
    `  SIZE ${um(width)} BY ${um(height)} ;`,
    '  SYMMETRY X Y ;',
    ...pins.flatMap(({ bit, pin }, i) => [
      `  PIN ${bit}`,
      `    DIRECTION ${pin.direction.toUpperCase()} ;`,
      `    USE ${pin.name === 'CLK' ? 'CLOCK' : 'SIGNAL'} ;`,
      '    PORT',
      `      LAYER ${layer} ;`,
      `      RECT 0.000 ${um((i + 1) * pitch - pinSize / 2)} ${um(Math.min(width, 4 * pinSize))} ${um((i + 1) * pitch + pinSize / 2)} ;`,
      '    END',
      `  END ${bit}`,
    ]),
    `END ${name}`,
  ].join('\n');
}

/** `layer`: the metal of the pins, by the name that the technology has for it. */
export const macroLef = (memories: readonly Memory[], layer: string): string =>
  [
    '# Memories of a machine, written by magnet: stubs of the size that its cost model gives them, in um; no supply pins.',
    '# Replace them by what your memory compiler writes.',
    'VERSION 5.8 ;',
    'BUSBITCHARS "[]" ;',
    'DIVIDERCHAR "/" ;',
    '',
    ...memories.map((m) => `${macro(m, layer)}\n`),
    'END LIBRARY',
    '',
  ].join('\n');
