#!/usr/bin/env bash
# z3-solver 5.2.0 (npm): Real.val(number) takes the shortest decimal of a double, not its value. 1/3 becomes 3333333333333333 / 10^16, which is
# less than the double by 1.5e-17; and 3 times that double, which is 1 in doubles, is not 1. What is proven in exact arithmetic is then proven
# of other numbers than those that were computed with.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund z3-solver@5.2.0 > /dev/null
cat > run.mjs <<'JS'
import { init } from 'z3-solver';
const { Context } = await init();
const z3 = new Context('main');
const third = z3.Real.val(1 / 3);
const exact = z3.Real.val({ numerator: 6004799503160661n, denominator: 2n ** 54n }); // the double nearest to 1/3
const holds = async (claim) => {
  const solver = new z3.Solver();
  solver.add(z3.Not(claim));
  return (await solver.check()) === 'unsat';
};
console.log(`1/3 = ${third}; equal to the double: ${await holds(third.eq(exact))}; below it: ${await holds(third.lt(exact))}`);
process.exit(0);
JS
seen=$(node run.mjs)
wanted='1/3 = (/ 3333333333333333.0 10000000000000000.0); equal to the double: false; below it: true'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
