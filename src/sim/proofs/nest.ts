// What the loop sequencer and the address generator promise, proven of their Verilog.

import { nth } from '../../base/invariant.js';
import type { Proof, VerilogFiles } from './induction.js';
import { proveInduction } from './induction.js';

export interface NestSizes {
  readonly loops: number;
  /** Bits of a counter, and of an address. */
  readonly count: number;
  readonly width: number;
}

/**
 * Proves of `loop_seq` and `addr_gen` (in `files`, with what they need), for any bounds, deltas and bases, held still,
 * through any pauses and resets: the indices are those of nested loops, the innermost first; `zero`, `last`, `step` and
 * `done` say of them what they should; and the address is the base + sum of index x stride, where
 * delta[i] = stride[i] - sum of stride[k] x (bound[k] - 1) over the loops k inside i.
 *
 * SAT takes for ever to see that sums in different order are equal, so the way there goes by lemmas, each proven by
 * induction with those before it taken as given. The proof that fails, or the last one, is returned.
 */
export async function proveNest(files: VerilogFiles, sizes: NestSizes): Promise<Proof> {
  const lemmas = lemmasOf(sizes);
  let proof: Proof = { proved: false, log: '' };
  for (let at = 0; at < lemmas.length; at++) {
    proof = await proveInduction(
      { ...files, 'nest_claims.v': wrapper(sizes, lemmas.slice(0, at), nth(lemmas, at)) },
      'nest_claims',
      2,
    );
    if (!proof.proved) break;
  }
  return proof;
}

type Lemma = readonly string[];

const loopsOf = ({ loops }: NestSizes) => Array.from({ length: loops }, (_, i) => i);
const inside = (i: number) => Array.from({ length: i }, (_, k) => k);
const range = (n: number) => `[${n - 1}:0]`;
const allLast = (i: number) =>
  inside(i)
    .map((k) => `index_${k} == bound_${k}`)
    .join(' && ');

/**
 * Words of the wrapper: way = index x stride, span = the ways of the loops inside at their ends, row =
 * where a loop's iteration began.
 */
function lemmasOf(sizes: NestSizes): readonly Lemma[] {
  const all = loopsOf(sizes);
  const { loops } = sizes;
  const indices = all.flatMap((i) => [
    `count_${i} == index_${i}`,
    `index_${i} <= bound_${i}`,
    `zero[${i}] == (index_${i} == 0)`,
    `last[${i}] == (index_${i} == bound_${i})`,
    `step[${i}] == (${[`index_${i} != bound_${i}`, ...inside(i).map((k) => `index_${k} == bound_${k}`)].join(' && ')})`,
  ]);
  const product = (i: number) => timesStride(sizes, i, `index_${i}`);
  const address = [...all].reverse().reduce((sum, i) => `(${sum} + ${product(i)})`, 'origin');
  return [
    [...indices, `done == (${allLast(loops)})`],
    all.map((i) => `way_${i} == ${product(i)}`),
    [`row_${loops} == origin`, ...all.map((i) => `row_${i} == row_${i + 1} + way_${i}`)],
    ...all.slice(1).map((i) => [`!(${allLast(i)}) || row_0 == row_${i} + span_${i}`]),
    ['addr == row_0'],
    [`addr == ${address}`],
  ];
}

/** SAT does not see through a multiplier: a product with an index is the index'th of the stride's multiples. */
const timesStride = ({ width }: NestSizes, i: number, index: string) =>
  `multiples_${i}[${index} * ${width} +: ${width}]`;

function wrapper(sizes: NestSizes, given: readonly Lemma[], claimed: Lemma): string {
  const { loops, count, width } = sizes;
  const data = Math.max(count, width);
  const each = (line: (i: number) => string) => loopsOf(sizes).map(line).join('\n');
  const multiple = (i: number, j: number) => `multiples_${i}[${j * width} +: ${width}]`;
  const rows = (to: string, upTo: number) => Array.from({ length: upTo + 1 }, (_, k) => `row_${k} <= ${to};`).join(' ');
  return `module nest_claims (
    input wire        clk,
    input wire        reset,
    input wire        advance,
    input wire ${range(width)}  base,
    input wire ${range(data + 14)} cfg
);
  wire ${range(loops)} zero, last, step;
  wire done;
  wire ${range(width)} addr;

  reg running;
  initial running = 1'b0;
  always @(posedge clk) running <= 1'b1;

  wire rst   = reset || !running;
  wire start = rst || (advance && done);

  loop_seq #(.DATA(${data}), .LOOPS(${loops}), .COUNT(${count})) u_seq (
      .clk(clk), .rst(rst), .cfg(cfg),
      .advance(advance), .zero(zero), .last(last), .step(step), .done(done)
  );
  addr_gen #(.DATA(${data}), .LOOPS(${loops}), .WIDTH(${width})) u_addr (
      .clk(clk), .cfg(cfg),
      .start(start), .base(base), .advance(advance), .step(step), .addr(addr)
  );
  // Taken over before, held still from now on; what is written meanwhile is for the next layer.
  always @* assume(!cfg[${data + 13}]);

${each(
  (i) => `  (* hierconn *) wire ${range(count)} \\u_seq.u_bounds.g_register[${i}].value ;
  (* hierconn *) wire ${range(count)} \\u_seq.g_loop[${i}].count ;
  (* hierconn *) wire ${range(width)} \\u_addr.u_deltas.g_register[${i}].value ;
  wire ${range(count)} bound_${i} = \\u_seq.u_bounds.g_register[${i}].value ;
  wire ${range(count)} count_${i} = \\u_seq.g_loop[${i}].count ;`,
)}

  wire ${range(width)} span_0 = 0;
${each(
  (i) => `  wire ${range(width)} stride_${i} = \\u_addr.u_deltas.g_register[${i}].value + span_${i};
  wire ${range(width * 2 ** count)} multiples_${i};
  assign ${multiple(i, 0)} = 0;
${Array.from({ length: 2 ** count - 1 }, (_, j) => `  assign ${multiple(i, j + 1)} = ${multiple(i, j)} + stride_${i};`).join('\n')}
  wire ${range(width)} span_${i + 1} = ${timesStride(sizes, i, `bound_${i}`)} + span_${i};
  reg ${range(count)} index_${i};
  reg ${range(width)} way_${i}, row_${i};`,
)}
  reg ${range(width)} origin, row_${loops};

  // Nested loops as everybody writes them; bounds are kept minus one.
  always @(posedge clk) begin
    if (rst) begin
${each((i) => `      index_${i} <= 0; way_${i} <= 0;`)}
    end else if (advance) begin
${each(
  (i) => `      if (index_${i} != bound_${i}) begin
        index_${i} <= index_${i} + 1; way_${i} <= way_${i} + stride_${i}; ${rows(`row_${i} + stride_${i}`, i)}
      end else begin
        index_${i} <= 0; way_${i} <= 0;`,
)}
      ${'end '.repeat(loops)}
    end
    if (start) begin
      origin <= base; ${rows('base', loops)}
    end
  end

  always @* if (running) begin
${given
  .flat()
  .map((claim) => `    assume(${claim});`)
  .join('\n')}
${claimed.map((claim) => `    assert(${claim});`).join('\n')}
  end
endmodule
`;
}
