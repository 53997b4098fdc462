#!/usr/bin/env bash
# CBC 2.10.8 reads an LP file that it does not understand as another program, with columns x0, x1, ..., and calls that one "Optimal":
# a coefficient written "3y", a quadratic term and a section that it does not know become variables of their own.
# Expected, after CPLEX's description of the format: 8 for the first, -8 for the second, 5 for the third; or an error.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq coinor-cbc=2.10.8+ds1-1 coinor-libcbc3 coinor-libcgl1 coinor-libclp1 coinor-libcoinutils3v5 coinor-libosi1v5 libglpk40 libamd2 libcolamd2 libsuitesparseconfig5 libblas3 liblapack3 libltdl7 libgfortran5 libquadmath0 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
library=$PWD/root/usr/lib/x86_64-linux-gnu; export LD_LIBRARY_PATH=$library:$library/blas:$library/lapack PATH=$PWD/root/usr/bin:$PATH
ask() {
  while IFS= read -r lp; do
    printf "$lp" > q.lp; rm -f s.txt; cbc q.lp solve solu s.txt > out.txt 2>&1
    echo "$(grep -c 'Now using default column names' out.txt) $(head -1 s.txt)"
  done <<'LP'
Minimize\n obj: 2x + 3y\nSubject To\n c1: x + y >= 4\nEnd\n
Minimize\n obj: - 4 x + [ x^2 ] / 2\nSubject To\n c1: x <= 5\nEnd\n
Minimize\n obj: x\nSubject To\n c1: x >= 4\nLazy Constraints\n l1: x >= 5\nEnd\n
LP
}
seen=$(ask)
wanted='1 Optimal - objective value 0.00000000
1 Optimal - objective value -20.00000000
1 Optimal - objective value 4.00000000'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
