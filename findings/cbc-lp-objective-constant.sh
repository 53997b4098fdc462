#!/usr/bin/env bash
# CBC 2.10.8: the constant of an LP file's objective is dropped without a word. min x + 5 with x >= 2 gives 2; HiGHS 1.15.3 (npm) gives 7.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq coinor-cbc=2.10.8+ds1-1 coinor-libcbc3 coinor-libcgl1 coinor-libclp1 coinor-libcoinutils3v5 coinor-libosi1v5 libglpk40 libamd2 libcolamd2 libsuitesparseconfig5 libblas3 liblapack3 libltdl7 libgfortran5 libquadmath0 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
library=$PWD/root/usr/lib/x86_64-linux-gnu; export LD_LIBRARY_PATH=$library:$library/blas:$library/lapack PATH=$PWD/root/usr/bin:$PATH
npm init -y > /dev/null; npm install --silent --no-audit --no-fund highs@1.15.3 > /dev/null
printf 'Minimize\n obj: x + 5\nSubject To\n c1: x >= 2\nEnd\n' > c.lp
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import load from 'highs';
const { Status, ObjectiveValue } = (await load()).solve(readFileSync('c.lp', 'utf8'));
console.log(`HiGHS ${Status} ${ObjectiveValue}`);
JS
ask() { node run.mjs; cbc c.lp solve solu s.txt > /dev/null 2>&1; echo "CBC $(head -1 s.txt)"; }
seen=$(ask)
wanted='HiGHS Optimal 7
CBC Optimal - objective value 2.00000000'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
