// A Makefile that runs what was emitted with Icarus Verilog, Verilator and Yosys.

export interface BenchLayer {
  readonly folder: string;
  readonly plusargs: readonly string[];
}

export function makefile(sources: readonly string[], layers: readonly BenchLayer[]): string {
  const list = sources.join(' \\\n  ');
  const runs = layers.map(({ folder, plusargs }) => `ARGS_${folder} = ${plusargs.map((a) => `+${a}`).join(' ')}`);
  return `# Runs the emitted machine: make (lint and all layers in Icarus Verilog), make verilator, make yosys.
# One layer: make run LAYER=${layers[0]?.folder ?? 'none'} [EXTRA="+stalls=30 +vcd=wave.vcd"]

RTL = \\
  ${list}
LAYERS = ${layers.map((l) => l.folder).join(' ')}
LAYER ?= ${layers[0]?.folder ?? ''}
EXTRA ?=

${runs.join('\n')}

.PHONY: all lint run verilator yosys clean
all: lint $(addprefix iverilog-,$(LAYERS))

lint:
\tiverilog -g2005 -Wall -tnull -s magnet_top $(RTL)
\t@command -v verilator > /dev/null && verilator --lint-only -Wall --top-module magnet_top $(RTL) || echo "verilator not found: its lint was left out"

build/bench.vvp: $(RTL) magnet_tb.v
\tmkdir -p build
\tiverilog -g2005 -s magnet_tb -o $@ $^

iverilog-%: build/bench.vvp
\tvvp -N $< $(ARGS_$*) $(EXTRA) | tee build/$*.log
\t@grep -q '^PASS' build/$*.log

run: iverilog-$(LAYER)

build/verilated/bench: $(RTL) magnet_tb.v
\tmkdir -p build
\tverilator --binary --timing -Wno-fatal -Wno-lint -Wno-style --top-module magnet_tb -Mdir build/verilated -o bench $^

verilator-%: build/verilated/bench
\t$< $(ARGS_$*) $(EXTRA) | tee build/$*.verilator.log
\t@grep -q '^PASS' build/$*.verilator.log

verilator: $(addprefix verilator-,$(LAYERS))

yosys:
\tyosys -p "read_verilog $(RTL); hierarchy -check -top magnet_top; proc; check -assert; stat"

clean:
\trm -rf build
`;
}
