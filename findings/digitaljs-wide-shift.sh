#!/usr/bin/env bash
# digitaljs 0.14.2 (npm, simulates Yosys netlists): a shift whose amount has 32 bits is an assertion that fails, not a shift. That is what Yosys makes of
# any indexed part-select, a[b +: 3]: the index is widened to a signed integer of 32 bits.
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
const signed = { in1: false, in2: true, out: false };
for (const bits of [8, 31, 32]) console.log(`${bits} bits: ${ask({ type: 'ShiftRight', signed, fillx: true }, { in1: 6, in2: bits, out: 3 }, 44, 2)}`);
process.exit(0);
JS
seen=$(node run.cjs)
wanted='8 bits: 011
31 bits: 011
32 bits: error: Assertion failed: Vector3vl.toNumberSigned() called on a too wide vector'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
