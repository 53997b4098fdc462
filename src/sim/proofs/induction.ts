// Claims about Verilog, written as `assert` in a wrapper around it, proven for all time by k-induction.

import { runYosys } from '../yosys.js';

/** Verilog by path. */
export type VerilogFiles = Readonly<Record<string, string>>;

export interface Proof {
  readonly proved: boolean;
  /** Where a claim was refuted: how the design gets there from its start. */
  readonly counterexample?: string;
  readonly log: string;
}

/**
 * Whether every `assert` under `top` holds always, given every `assume`: from registers at their `initial` values, or
 * at any where there is none, by induction over at most `k` steps. Values are 0 or 1, never unknown. A register deep
 * inside is reached by a wire of its flattened name: `(* hierconn *) wire [2:0] \u_seq.g_loop[0].count ;`
 */
export async function proveInduction(files: VerilogFiles, top: string, k: number): Promise<Proof> {
  const script = [
    ...Object.keys(files).map((f) => `read_verilog -formal ${f}`),
    `hierarchy -check -top ${top}`,
    'proc',
    'flatten',
    'opt_expr -mux_undef -undriven',
    'opt_clean',
    'memory -nordff',
    'memory_map',
    'opt -fast',
    'chformal -lower',
    `sat -tempinduct -prove-asserts -set-assumes -maxsteps ${k}`,
  ];
  const { log } = await runYosys(files, script.join('\n'));
  const claims = log.includes('Import proof for assert');
  const counterexample = /model found for base case: FAIL![\s\S]*?(^ +Time Signal Name[\s\S]*?)\n\n/m.exec(log)?.[1];
  // Nothing claimed is nothing proven.
  return {
    proved: claims && log.includes('Induction step proven: SUCCESS!'),
    ...(counterexample !== undefined && { counterexample }),
    log,
  };
}
