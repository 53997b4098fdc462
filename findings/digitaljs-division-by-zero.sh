#!/usr/bin/env bash
# digitaljs 0.14.2 (npm, simulates Yosys netlists): division and modulo by zero give a number, the dividend. Verilog (IEEE 1364, 5.1.5) and Yosys's own
# cells give x, as Icarus does: a netlist that divides by an unset register looks healthy here.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund --ignore-scripts digitaljs@0.14.2 3vl@1.0.1 > /dev/null
cat > run.cjs <<'JS'
const { HeadlessCircuit } = require('digitaljs');
const { Vector3vl } = require('3vl');
/** What one cell makes of two numbers. */
function ask(cell, widths, a, b) {
  const wire = (id, to, port) => ({ from: { id, port: 'out' }, to: { id: to, port } });
  const devices = { a: { type: 'Input', bits: widths.in1 }, b: { type: 'Input', bits: widths.in2 }, y: { type: 'Output', bits: widths.out }, cell: { ...cell, bits: widths } };
  try {
    const circuit = new HeadlessCircuit({ devices, connectors: [wire('a', 'cell', 'in1'), wire('b', 'cell', 'in2'), wire('cell', 'y', 'in')], subcircuits: {} });
    circuit.setInput('a', Vector3vl.fromBin(a.toString(2), widths.in1));
    circuit.setInput('b', Vector3vl.fromBin(b.toString(2), widths.in2));
    for (let i = 0; circuit.hasPendingEvents && i < 100; i++) circuit.updateGates();
    return circuit.getOutput('y').toBin();
  } catch (error) {
    return `error: ${error.message}`;
  }
}
const widths = { in1: 6, in2: 6, out: 6 };
const signed = { in1: false, in2: false, out: false };
for (const type of ['Division', 'Modulo']) console.log(`17 ${type} 0: ${ask({ type, signed }, widths, 17, 0)}; 17 ${type} 5: ${ask({ type, signed }, widths, 17, 5)}`);
process.exit(0);
JS
seen=$(node run.cjs)
wanted='17 Division 0: 010001; 17 Division 5: 000011
17 Modulo 0: 010001; 17 Modulo 5: 000010'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
