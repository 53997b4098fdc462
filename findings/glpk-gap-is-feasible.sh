#!/usr/bin/env bash
# glpsol 5.0: a program that was solved to the gap asked for has the status `f`, feasible, that one has whose time ran out, and its
# solution file holds no bound that would tell them apart. HiGHS 1.15.3 (npm) calls the same `Optimal`.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq glpk-utils=5.0-1 libglpk40=5.0-1 libamd2 libcolamd2 libsuitesparseconfig5 libltdl7 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu PATH=$PWD/root/usr/bin:$PATH
npm init -y > /dev/null; npm install --silent --no-audit --no-fund highs@1.15.3 > /dev/null
cat > k.lp <<'LP'
Maximize
 obj: 12 a + 11 b + 9 c + 8 d + 7 e + 5 f
Subject To
 c1: 7 a + 6 b + 5 c + 5 d + 4 e + 3 f <= 14
Binary
 a b c d e f
End
LP
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import load from 'highs';
const highs = await load();
for (const gap of [0, 0.1])
  console.log(`HiGHS, gap ${gap}: ${highs.solve(readFileSync('k.lp', 'utf8'), { mip_rel_gap: gap }).Status}`);
JS
ask() {
  for gap in 0 0.1; do
    glpsol --lp k.lp --mipgap $gap -w s.txt > said.txt
    echo "glpsol, gap $gap: $(grep '^s mip' s.txt)$(grep -q 'GAP TOLERANCE REACHED' said.txt && echo ', gap reached' || true)"
  done
  node run.mjs
}
seen=$(ask)
wanted='glpsol, gap 0: s mip 1 6 o 25
glpsol, gap 0.1: s mip 1 6 f 24, gap reached
HiGHS, gap 0: Optimal
HiGHS, gap 0.1: Optimal'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
