#!/usr/bin/env bash
# highs 1.15.3 (HiGHS in WebAssembly, npm): a program of three variables whose optimum is -3 at (1, 0, 2) comes back "Optimal" at -2.999999,
# better than its optimum: with the presolver on, x0 is 1.0000002 and a row is exceeded by 4e-7. Without the presolver, or with no variable
# whole, it is -3. The whole tolerance is used where none is needed, so a claim of optimality to 1e-7 cannot rest on the objective.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund highs@1.15.3 > /dev/null
cat > run.mjs <<'JS'
import load from 'highs';
const highs = await load();
const lp = (whole) => `Maximize
 obj: 5 x0 - 4 x1 - 4 x2
Subject To
 r0: - 2 x1 + 3 x2 >= 6
 r1: 2 x0 - x1 + 2 x2 <= 6
Bounds
 0 <= x0 <= 4
 0 <= x1 <= 4
 0 <= x2 <= 4
${whole ? 'General\n x2\n' : ''}End
`;
for (const [whole, presolve] of [[true, 'on'], [true, 'off'], [false, 'on']]) {
  const { Status, ObjectiveValue, Columns, Rows } = highs.solve(lp(whole), { presolve });
  console.log(`x2 whole ${whole}, presolve ${presolve}: ${Status} ${ObjectiveValue.toFixed(7)}, x0 ${Columns.x0.Primal.toFixed(8)}, row 2 ${Rows[1].Primal.toFixed(8)}`);
}
JS
seen=$(node run.mjs)
wanted='x2 whole true, presolve on: Optimal -2.9999990, x0 1.00000020, row 2 6.00000040
x2 whole true, presolve off: Optimal -3.0000000, x0 1.00000000, row 2 6.00000000
x2 whole false, presolve on: Optimal -3.0000000, x0 1.00000000, row 2 6.00000000'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
