#!/usr/bin/env bash
# z3-solver 5.2.0 (npm): the solver inside calls itself Z3 5.1.0. Whoever cites the package's number for a proof names another Z3.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund z3-solver@5.2.0 > /dev/null
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { init } from 'z3-solver';
const { Z3 } = await init();
console.log(`package ${JSON.parse(readFileSync('node_modules/z3-solver/package.json', 'utf8')).version}, solver ${Z3.get_full_version().split(' ')[1]}`);
process.exit(0);
JS
seen=$(node run.mjs)
wanted='package 5.2.0, solver 5.1.0.0'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
