#!/usr/bin/env bash
# An MPS column with `UP` -3 and no lower bound (0 by default, and some formats then mean minus infinity): CBC 2.10.8 takes minus infinity and
# answers, GLPK 5.0 keeps 0 and calls the program undefined, lp_solve 5.5.2.5 ends in an "Accuracy error" instead of "infeasible".
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq coinor-cbc=2.10.8+ds1-1 glpk-utils=5.0-1 lp-solve=5.5.2.5-2 coinor-libcbc3 coinor-libcgl1 coinor-libclp1 coinor-libcoinutils3v5 coinor-libosi1v5 libglpk40 libamd2 libcolamd2 libsuitesparseconfig5 libblas3 liblapack3 libltdl7 libgfortran5 libquadmath0 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
library=$PWD/root/usr/lib/x86_64-linux-gnu; export LD_LIBRARY_PATH=$library:$library/blas:$library/lapack PATH=$PWD/root/usr/bin:$PATH

three() { # what CBC, GLPK and lp_solve say of a free MPS file
  cbc "$1" solve solu cbc.txt > /dev/null 2>&1; echo "CBC $(head -1 cbc.txt | sed 's/ - objective value/,/')"
  glpsol --freemps "$1" -o glpk.txt > /dev/null; echo "GLPK $(sed -n 's/^Status: *//p' glpk.txt), $(sed -n 's/^Objective: *obj = \([^ ]*\).*/\1/p' glpk.txt)"
  echo "lp_solve $(lp_solve -fmps "$1" -S2 2> /dev/null | sed -n 's/^Value of objective function: //p; /infeasible/p; /Accuracy error/p' | head -1)"
}
cat > n.mps <<'MPS'
NAME n
ROWS
 N obj
 G c1
COLUMNS
    x c1 1 obj 1
    y c1 1
RHS
    rhs c1 -10
BOUNDS
 UP bnd x -3
 UP bnd y 0
ENDATA
MPS
seen=$(three n.mps)
wanted='CBC Optimal, -10.00000000
GLPK UNDEFINED, 0
lp_solve Accuracy error'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
