#!/usr/bin/env bash
# highs 1.15.3 (HiGHS in WebAssembly, npm) refuses relations that CPLEX's description of the LP format allows and GLPK 5.0 reads: "<", ">", "=<"
# and "=>" in rows. It also refuses rows with two sides, "-5 <= x - y <= 5". The error names neither line nor sign.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund highs@1.15.3 > /dev/null
cat > run.mjs <<'JS'
import load from 'highs';
const ask = async (row) => {
  const highs = await load();
  try {
    return highs.solve(`Minimize\n obj: x\nSubject To\n c1: ${row}\nEnd\n`).ObjectiveValue;
  } catch (error) {
    return String(error.message).split(' (')[0];
  }
};
for (const row of ['x >= 2', 'x > 2', 'x => 2', '- x =< -2', '- x < -2', '2 <= x + y <= 8']) console.log(`${row}: ${await ask(row)}`);
JS
seen=$(node run.mjs 2> /dev/null)
wanted='x >= 2: 2
x > 2: Unable to read LP model
x => 2: Unable to read LP model
- x =< -2: Unable to read LP model
- x < -2: Unable to read LP model
2 <= x + y <= 8: Unable to read LP model'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
