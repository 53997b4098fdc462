#!/usr/bin/env bash
# glpk.js 5.0.0 (GLPK in WebAssembly, npm): programs without a solution that come back as "undefined" (GLP_UNDEF, 1) and not as
# "no feasible solution" (GLP_NOFEAS, 4): a linear program with the presolver on, an integer one with it off, and a row whose bounds
# cross. So "undefined" cannot be told from "the solver gave up", and a caller that maps it to an error loses the answer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund glpk.js@5.0.0 > /dev/null
cat > run.mjs <<'JS'
import load from 'glpk.js/node';
const glpk = await load();
const names = new Map(['GLP_UNDEF', 'GLP_FEAS', 'GLP_INFEAS', 'GLP_NOFEAS', 'GLP_OPT', 'GLP_UNBND'].map((n) => [glpk[n], n]));
const ask = async (what, rows, integers, presol) => {
  const program = { name: 'p', objective: { direction: glpk.GLP_MIN, name: 'z', vars: [{ name: 'x', coef: 1 }] }, subjectTo: rows.map((bnds, i) => ({ name: `r${i}`, vars: [{ name: 'x', coef: 1 }], bnds })), generals: integers };
  const { result } = await glpk.solve(program, { msglev: glpk.GLP_MSG_OFF, presol });
  console.log(`${what}, presolver ${presol ? 'on' : 'off'}: ${names.get(result.status)}`);
};
const contradictory = [{ type: glpk.GLP_LO, lb: 3, ub: 0 }, { type: glpk.GLP_UP, lb: 0, ub: 2 }];
const crossing = [{ type: glpk.GLP_DB, lb: 3, ub: 2 }];
for (const presol of [true, false]) {
  await ask('x >= 3 and x <= 2', contradictory, [], presol);
  await ask('x >= 3 and x <= 2, x integer', contradictory, ['x'], presol);
  await ask('3 <= x <= 2', crossing, [], presol);
}
JS
seen=$(node run.mjs)
wanted='x >= 3 and x <= 2, presolver on: GLP_UNDEF
x >= 3 and x <= 2, x integer, presolver on: GLP_NOFEAS
3 <= x <= 2, presolver on: GLP_UNDEF
x >= 3 and x <= 2, presolver off: GLP_NOFEAS
x >= 3 and x <= 2, x integer, presolver off: GLP_UNDEF
3 <= x <= 2, presolver off: GLP_UNDEF'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
