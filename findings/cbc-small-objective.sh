#!/usr/bin/env bash
# CBC 2.10.8: six choices that cost 4 to 10 microjoules, written in joules. The answer is "Optimal", 22.0 uJ; the same program with its
# costs in tenths of a microjoule, every other digit alike, has the optimum 20.6 uJ. CBC takes for no better what is not better by
# about 1e-5, whatever the size of the objective; a gap that is asked for as a share (ratioGap 0) does not change that.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq coinor-cbc=2.10.8+ds1-1 coinor-libcbc3 coinor-libcgl1 coinor-libclp1 coinor-libcoinutils3v5 coinor-libosi1v5 libglpk40 libamd2 libcolamd2 libsuitesparseconfig5 libblas3 liblapack3 libltdl7 libgfortran5 libquadmath0 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
library=$PWD/root/usr/lib/x86_64-linux-gnu; export LD_LIBRARY_PATH=$library:$library/blas:$library/lapack PATH=$PWD/root/usr/bin:$PATH
ask() { # what follows each cost: nothing, or an exponent
  cat > c.lp <<LP
Minimize
 obj: 75$1 x0 + 87$1 x1 + 44$1 x2 + 55$1 x3 + 99$1 x4 + 46$1 x5
Subject To
 c0: 62 x0 + 58 x1 + 96 x2 + 96 x3 + 81 x4 + 14 x5 >= 203
 c1: 86 x0 + 87 x1 + 17 x2 + 55 x3 + 19 x4 + 97 x5 >= 180
Binary
 x0
 x1
 x2
 x3
 x4
 x5
End
LP
  cbc c.lp ratioGap 0 solve solu s.txt > log.txt
  head -1 s.txt | sed "s/ .*//"
  awk 'NR > 1 && $3 > 0.5 { printf "%s ", $2 } END { print "" }' s.txt
}
seen=$(ask ""; ask e-7)
echo "$seen"
wanted='Optimal
x0 x1 x2 
Optimal
x0 x2 x3 x5 '
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
