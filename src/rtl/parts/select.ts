// One-hot registers that walk over the rows, columns or lanes that a stream serves in turn.

/** Starts at position 0, moves on with `next`. */
export function oneHot(name: string, size: number, on: { readonly start: string; readonly next: string }): string {
  if (size === 1) return `  wire [0:0] ${name} = 1'b1;`;
  return `  reg  [${size - 1}:0] ${name};

  always @(posedge clk) begin
    if (${on.start}) ${name} <= ${size}'d1;
    else if (${on.next}) ${name} <= {${size > 2 ? `${name}[${size - 2}:0]` : `${name}[0]`}, 1'b0};
  end`;
}
