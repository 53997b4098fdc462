// What tools of others are told: constraints for all of them, Yosys and OpenSTA, and OpenROAD's flow.

import type { Memory } from './memories.js';
import { macroName } from './memories.js';

export interface Chip {
  readonly top: string;
  readonly clockPort: string;
  /** MHz. */
  readonly clock: number;
  /** Verilog from the folder that holds `rtl/`, memories with macros in place of those without. */
  readonly sources: readonly string[];
  /** Share of the core that cells take, as the cost model places them. */
  readonly placement: number;
}

/** Shares of a clock that are left to what is outside. */
const outside = 0.2;

export const constraints = ({
  clockPort,
  clock,
}: Chip): string => `# One clock; what is outside takes ${outside} of it on each side. Written by magnet.
set period ${1000 / clock}
create_clock -name clock -period $period [get_ports ${clockPort}]
set others {}
foreach port [all_inputs] { if {[get_property $port full_name] != "${clockPort}"} { lappend others $port } }
set_input_delay [expr ${outside} * $period] -clock clock $others
set_output_delay [expr ${outside} * $period] -clock clock [all_outputs]
`;

/** Synthesis with macros as black boxes: a netlist of the library's cells. */
export const yosysScript = ({
  top,
  sources,
}: Chip): string => `# yosys -c synth.tcl, with LIBERTY in the environment. Written by magnet.
yosys -import
yosys read_liberty -lib $::env(LIBERTY)
yosys read_verilog -sv macros/macros.v
foreach file {${sources.join(' ')}} { yosys read_verilog -sv $file }
yosys synth -top ${top} -flatten
yosys dfflibmap -liberty $::env(LIBERTY)
yosys abc -liberty $::env(LIBERTY)
yosys setundef -zero
yosys splitnets
yosys opt_clean -purge
yosys check -mapped -assert
yosys stat -liberty $::env(LIBERTY)
yosys write_verilog -noattr -noexpr -nohex -nodec netlist.v
`;

export const staScript = ({
  top,
}: Chip): string => `# sta -exit sta.tcl, with LIBERTY in the environment. Written by magnet.
read_liberty $::env(LIBERTY)
read_liberty macros/macros.lib
read_verilog netlist.v
link_design ${top}
read_sdc constraints.sdc
report_checks -path_delay max
report_worst_slack
# Without a wave every net is taken to change in a tenth of the cycles, and every macro to be used in each.
# A wave of the netlist, or of the Verilog for what kept its name: VCD=wave.vcd or SAIF=wave.saif, SCOPE=magnet_tb/u_top
set_power_activity -global -activity 0.1 -duty 0.5
foreach {wave reader} {VCD read_vcd SAIF read_saif} {
  if {![info exists ::env($wave)]} { continue }
  if {[info commands $reader] == ""} {
    puts "this OpenSTA has no $reader; power is not of the wave"
  } else {
    $reader -scope $::env(SCOPE) $::env($wave)
  }
}
report_power
`;

/** OpenROAD-flow-scripts reads it as \`DESIGN_CONFIG\`, with the platform that you name. */
export const openroadConfig = ({
  top,
  sources,
  placement,
}: Chip): string => `# make DESIGN_CONFIG=.../config.mk PLATFORM=asap7, in the flow of OpenROAD. Written by magnet.
FOLDER := $(dir $(lastword $(MAKEFILE_LIST)))
export DESIGN_NAME = ${top}
export VERILOG_FILES = $(addprefix $(FOLDER), ${sources.join(' ')} macros/macros.v)
export SDC_FILE = $(FOLDER)constraints.sdc
export ADDITIONAL_LEFS = $(FOLDER)macros/macros.lef
export ADDITIONAL_LIBS = $(FOLDER)macros/macros.lib
export SYNTH_HIERARCHICAL = 1
export CORE_UTILIZATION = ${Math.round(100 * placement)}
`;

/** Which memories there are, for who has them made. */
export const memoryPage = (memories: readonly Memory[]): string =>
  [
    '# Memories',
    '',
    'Each size with its ports (1rw: one port; 1r1w: one that reads and one that writes), how many the chip has, and what the ' +
      'cost model takes for one: area before placement, energy of a word read or written. Those of registers have no macro.',
    '',
    '| macro | ports | bits | words | on the chip | for | um2 | pJ |',
    '|---|---|---|---|---|---|---|---|',
    ...memories.map((m) => {
      const ports = m.module.replace('sram_', '').replace('_parts', ` of ${m.parts} parts`);
      const name = m.ofRegisters ? 'registers' : `\`${macroName(m)}\``;
      const costs = [(m.area * 1e6).toFixed(0), m.energy.toFixed(3)];
      return `| ${[name, ports, m.width, m.depth, m.count, m.places.join(', '), ...costs].join(' | ')} |`;
    }),
    '',
  ].join('\n');
