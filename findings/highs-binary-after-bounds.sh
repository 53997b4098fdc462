#!/usr/bin/env bash
# highs 1.15.3 (HiGHS in WebAssembly, npm): the LP format's section "Binary" says 0 or 1. A variable that also stands under
# "Bounds" keeps those bounds and becomes a plain integer: here a "binary" of 3, and one whose lower bound is -2.
# Expected, after CPLEX's description of the format and GLPK's reader: the section sets the bounds to 0 and 1.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund highs@1.15.3 > /dev/null
cat > run.mjs <<'JS'
import load from 'highs';
const highs = await load();
const ask = (sense, bounds) => {
  const lp = `${sense}\n obj: x\nSubject To\n c1: x + y <= 3.7\nBounds\n${bounds}Binary\n x\nEnd\n`;
  const { Status, Columns: { x } } = highs.solve(lp);
  return `${Status} x=${x.Primal} in ${x.Lower}..${x.Upper} ${x.Type}`;
};
console.log(ask('Maximize', ''));
console.log(ask('Maximize', ' x <= 5\n'));
console.log(ask('Minimize', ' -2 <= x <= 5\n'));
JS
seen=$(node run.mjs)
wanted='Optimal x=1 in 0..1 Integer
Optimal x=3 in 0..5 Integer
Optimal x=-2 in -2..5 Integer'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
