// Registers in Verilog: a named local parameter for the first address of every block that a module uses.

import { registerBits } from '../hardware.js';
import type { RegisterMap } from '../registers.js';
import { blockOf } from '../registers.js';

export interface Base {
  /** Name of the parameter of a register block. */
  of: (name: string) => string;
  /** Declarations of the parameters of some blocks. */
  declare: (names: readonly string[]) => string;
}

export function registerNames(map: RegisterMap): Base {
  const of = (name: string) => `REG_${name.toUpperCase()}`;
  return {
    of,
    declare(names) {
      const width = Math.max(...names.map((n) => of(n).length));
      return names
        .map(
          (n) =>
            `  localparam [${registerBits - 1}:0] ${of(n).padEnd(width)} = ${registerBits}'d${blockOf(map, n).base};`,
        )
        .join('\n');
    },
  };
}
