// Verilog against its gates: every output and register computes the same, always.

import { magnetLiberty } from '../synth/liberty/own.js';
import { mapToLibrary } from '../synth/synth.js';
import { runYosys } from '../yosys.js';
import type { Proof, VerilogFiles } from './induction.js';

export interface EquivalenceTask {
  readonly gold: VerilogFiles;
  readonly top: string;
  /** Parameters of the top module. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Verilog of the other side; the gates that synthesis makes of `gold` without it. */
  readonly gate?: VerilogFiles;
}

/** By induction over registers of equal name; keep multipliers out, SAT does not see through them. */
export async function proveEquivalent({ gold, top, parameters = {}, gate }: EquivalenceTask): Promise<Proof> {
  const set = Object.entries(parameters)
    .map(([name, value]) => `-chparam ${name} ${value} `)
    .join('');
  const read = (folder: string, files: VerilogFiles) => [
    ...Object.keys(files).map((f) => `read_verilog ${folder}/${f}`),
    `hierarchy -check ${set}-top ${top}`,
    'proc',
    'flatten',
    'opt_clean',
  ];
  // Cells are read back as their functions.
  const synthesis = ['synth', ...mapToLibrary, 'opt_clean', 'read_liberty cells.lib', 'flatten', 'opt_clean'];
  const script = [
    ...read('gold', gold),
    // Chosen by place: Yosys has its own name for a module whose parameters are set.
    'memory -nomap',
    'memory_map',
    'opt_clean',
    'rename -top gold',
    'design -stash gold',
    ...(gate ? read('gate', gate) : [...read('gold', gold), ...synthesis]),
    'memory -nomap',
    'memory_map',
    'opt_clean',
    'rename -top gate',
    'design -stash gate',
    'design -copy-from gold -as gold gold',
    'design -copy-from gate -as gate gate',
    'equiv_make gold gate equiv',
    'hierarchy -top equiv',
    'opt -fast',
    'equiv_simple',
    'equiv_induct',
    'equiv_status',
  ];
  const under = (folder: string, files: VerilogFiles) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
  const { log } = await runYosys(
    { ...under('gold', gold), ...under('gate', gate ?? {}), 'cells.lib': magnetLiberty() },
    script.join('\n'),
  );
  const found = Number(/Found (\d+) \$equiv cells in equiv/.exec(log)?.[1] ?? 0);
  return { proved: found > 0 && log.includes('Equivalence successfully proven!'), log };
}
