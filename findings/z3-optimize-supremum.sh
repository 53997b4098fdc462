#!/usr/bin/env bash
# z3-solver 5.2.0 (npm): Optimize answers "sat" where no optimum exists, and its model is just some point. max x with x < 5 gives 4, max x with
# x > 5 (unbounded) gives 6; the class has no `upper()` that would say "5 - epsilon" or "infinity". Who reads the model as the optimum is wrong.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund z3-solver@5.2.0 > /dev/null
cat > run.mjs <<'JS'
import { init } from 'z3-solver';
const { Context } = await init();
const z3 = new Context('main');
const x = z3.Real.const('x');
for (const [text, row] of [['x < 5', x.lt(5)], ['x > 5', x.gt(5)], ['x <= 5', x.le(5)]]) {
  const optimize = new z3.Optimize();
  optimize.add(row);
  optimize.maximize(x);
  console.log(`max x, ${text}: ${await optimize.check()} ${optimize.model().eval(x)}`);
}
console.log(`upper: ${typeof new z3.Optimize().upper}`);
process.exit(0);
JS
seen=$(node run.mjs)
wanted='max x, x < 5: sat 4.0
max x, x > 5: sat 6.0
max x, x <= 5: sat 5.0
upper: undefined'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
