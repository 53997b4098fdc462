// A macro as Liberty: ports, area and energy of the cost model, and times that are placeholders until a memory compiler gives them.

import type { Memory } from './memories.js';
import { macroName } from './memories.js';
import type { Pin } from './ports.js';
import { clockPin, outputPin, pinsOf } from './ports.js';

/** Shares of a clock: until a word is there, before and after the edge for what goes in. */
const [access, setup, hold] = [0.4, 0.1, 0.02] as const;
/** Of an input, pF: a placeholder, too. */
const inputLoad = 0.002;

const scalar = (of: string, value: number): string => `${of} (scalar) { values ("${value.toFixed(6)}"); }`;
const edges = (rise: string, fall: string, value: number): string => `${scalar(rise, value)} ${scalar(fall, value)}`;

/** `period` in ns. */
function timing({ name }: Pin, period: number): readonly string[] {
  if (name === outputPin)
    return [
      `timing () { related_pin : "${clockPin}"; timing_type : rising_edge; timing_sense : non_unate;`,
      `  ${edges('cell_rise', 'cell_fall', access * period)}`,
      `  ${edges('rise_transition', 'fall_transition', hold * period)} }`,
    ];
  const check = (type: string, share: number) =>
    `timing () { related_pin : "${clockPin}"; timing_type : ${type}; ${edges('rise_constraint', 'fall_constraint', share * period)} }`;
  return [check('setup_rising', setup), check('hold_rising', hold)];
}

/** pJ where a word is read or written, with the edge of the clock. */
function power({ module, energy }: Memory): readonly string[] {
  const when = module === 'sram_1r1w' ? ['RE', 'WE'] : ['EN'];
  return when.map(
    (pin) => `internal_power () { when : "${pin}"; ${scalar('rise_power', energy)} ${scalar('fall_power', 0)} }`,
  );
}

function pinGroup(memory: Memory, pin: Pin, period: number): string {
  const inside =
    pin.name === clockPin
      ? ['clock : true;', `capacitance : ${inputLoad};`, ...power(memory)]
      : [...(pin.direction === 'input' ? [`capacitance : ${inputLoad};`] : []), ...timing(pin, period)];
  const lines = [`direction : ${pin.direction};`, ...inside].map((l) => `      ${l}`).join('\n');
  return pin.bits === undefined
    ? `    pin (${pin.name}) {\n${lines}\n    }`
    : `    bus (${pin.name}) {\n      bus_type : bits_${pin.bits};\n${lines}\n    }`;
}

/** One library with all macros; areas in um2, `clock` in MHz. */
export function macroLiberty(memories: readonly Memory[], clock: number): string {
  const period = 1000 / clock;
  const widths = [
    ...new Set(memories.flatMap((m) => pinsOf(m).flatMap(({ bits }) => (bits === undefined ? [] : [bits])))),
  ];
  return [
    '/* Memories of a machine, written by magnet. Area and internal power are those of its cost model (pJ a word read or written).',
    `   Times are placeholders: ${access}, ${setup} and ${hold} of a clock of ${period} ns.`,
    '   Replace it by what your memory compiler writes. */',
    'library (magnet_memories) {',
    '  delay_model : table_lookup;',
    '  time_unit : "1ns";',
    '  voltage_unit : "1V";',
    '  current_unit : "1mA";',
    '  pulling_resistance_unit : "1kohm";',
    '  leakage_power_unit : "1nW";',
    '  capacitive_load_unit (1, pf);',
    '  nom_process : 1; nom_voltage : 1; nom_temperature : 25;',
    '  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;',
    '  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;',
    '  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;',
    '  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;',
    ...widths.map(
      (n) =>
        `  type (bits_${n}) { base_type : array; data_type : bit; bit_width : ${n}; bit_from : ${n - 1}; bit_to : 0; downto : true; }`,
    ),
    ...memories.flatMap((m) => [
      `  cell (${macroName(m)}) {`,
      `    area : ${(m.area * 1e6).toFixed(3)};`,
      '    is_macro_cell : true;',
      '    interface_timing : true;',
      ...pinsOf(m).map((pin) => pinGroup(m, pin, period)),
      '  }',
    ]),
    '}',
    '',
  ].join('\n');
}
