// A Makefile that runs what was emitted with Icarus Verilog, Verilator and Yosys, and says which layers can be run.

import { defined } from '../base/invariant.js';
import type { Accelerator } from './accelerator.js';

export interface BenchLayer {
  readonly folder: string;
  /** Of the bench, where there are golden data. */
  readonly plusargs: readonly string[] | undefined;
  /** What there is, and where there is nothing, why. */
  readonly note: string;
  /** Golden data were asked for by name, and are again where the folder is written again. */
  readonly asked: boolean;
}

const lint = (top: string) =>
  `\t@command -v verilator > /dev/null && verilator --lint-only -Wall --top-module ${top} $(RTL) ` +
  '|| echo "verilator not found: its lint was left out"';

export function makefile(
  { bus, top }: Pick<Accelerator, 'bus' | 'top'>,
  sources: readonly string[],
  layers: readonly BenchLayer[],
  seed: number,
): string {
  const on = bus === 'native' ? '' : ` --bus ${bus}`;
  const list = sources.join(' \\\n  ');
  const golden = layers.filter((l) => l.plusargs);
  const bare = layers.filter((l) => !l.plusargs);
  const names = (of: readonly BenchLayer[]) => of.map((l) => l.folder).join(' ');
  const width = Math.max(0, ...layers.map((l) => l.folder.length));
  const first = golden[0]?.folder ?? '';
  const others = bare.length === 0 ? 'All have.' : 'For the others: make golden-NAME, or make golden for all';
  return `# Runs the emitted machine: make (lint and all layers in Icarus Verilog), make verilator, make yosys.
# One layer: make run LAYER=${first || 'NAME'} [EXTRA="+stalls=30 +latency=20 +vcd=wave.vcd"]
#
# A layer runs where it has golden data: inputs, weights and what must come out. ${others}
${layers.map((l) => `#   ${l.folder.padEnd(width)}  ${l.note}`).join('\n')}

# What makes golden data: magnet on the PATH, or for example MAGNET="node .../dist/cli/main.js"
MAGNET ?= magnet
SEED = ${seed}

RTL = \\
  ${list}
LAYERS = ${names(golden)}
BARE = ${names(bare)}
ASKED = ${names(layers.filter((l) => l.asked))}
LAYER ?= ${first}
EXTRA ?=

${golden
  .map(
    ({ folder, plusargs }) =>
      `ARGS_${folder} = ${defined(plusargs)
        .map((a) => `+${a}`)
        .join(' ')}`,
  )
  .join('\n')}

.PHONY: all lint run verilator yosys golden clean
all: lint $(addprefix iverilog-,$(LAYERS))

lint:
\tiverilog -g2005 -Wall -tnull -s ${top} $(RTL)
${lint(top)}

build/bench.vvp: $(RTL) magnet_tb.v
\tmkdir -p build
\tiverilog -g2005 -s magnet_tb -o $@ $^

has-%:
\t@test -f layers/$*/expected.hex || { echo "layers/$* has no golden data; make golden-$* first"; exit 1; }

iverilog-%: build/bench.vvp has-%
\tvvp -N $< $(ARGS_$*) $(EXTRA) | tee build/$*.log
\t@grep -q '^PASS' build/$*.log

run: iverilog-$(LAYER)

build/verilated/bench: $(RTL) magnet_tb.v
\tmkdir -p build
\t@echo "building the simulator: Verilator and a C++ compiler, from half a minute on"
\tverilator --binary --timing -Wno-fatal -Wno-lint -Wno-style --top-module magnet_tb -Mdir build/verilated -o bench $^

verilator-%: build/verilated/bench has-%
\t$< $(ARGS_$*) $(EXTRA) | tee build/$*.verilator.log
\t@grep -q '^PASS' build/$*.verilator.log

verilator: $(addprefix verilator-,$(LAYERS))

# The folder is written again, with golden data of more layers; a layer goes by its number.
numbers = $(foreach layer,$(1),--golden $(firstword $(subst _, ,$(layer))))
golden:
\t$(MAGNET) rtl design.json -o . --seed $(SEED)${on} $(call numbers,$(ASKED) $(BARE))
golden-%:
\t$(MAGNET) rtl design.json -o . --seed $(SEED)${on} $(call numbers,$(ASKED) $*)

yosys:
\tyosys -p "read_verilog $(RTL); hierarchy -check -top ${top}; proc; check -assert; stat"

clean:
\trm -rf build
`;
}
