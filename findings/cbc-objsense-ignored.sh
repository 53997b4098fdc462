#!/usr/bin/env bash
# CBC 2.10.8: an MPS file that says OBJSENSE MAX is minimised. The reader says so in passing ("MAX found after OBJSENSE - Coin ignores")
# and the answer is "Optimal", of the other question: max x with x <= 4 gives 0.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq coinor-cbc=2.10.8+ds1-1 coinor-libcbc3 coinor-libcgl1 coinor-libclp1 coinor-libcoinutils3v5 coinor-libosi1v5 libglpk40 libamd2 libcolamd2 libsuitesparseconfig5 libblas3 liblapack3 libltdl7 libgfortran5 libquadmath0 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
library=$PWD/root/usr/lib/x86_64-linux-gnu; export LD_LIBRARY_PATH=$library:$library/blas:$library/lapack PATH=$PWD/root/usr/bin:$PATH
cat > o.mps <<'MPS'
NAME o
OBJSENSE
    MAX
ROWS
 N obj
 L c1
COLUMNS
    x c1 1 obj 1
RHS
    rhs c1 4
ENDATA
MPS
ask() { cbc o.mps solve solu s.txt | grep OBJSENSE; cat s.txt; }
seen=$(ask | grep -v "^At line" | sed "s/  */ /g")
wanted='MAX found after OBJSENSE - Coin ignores
Optimal - objective value 0.00000000
 0 x 0 1'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
