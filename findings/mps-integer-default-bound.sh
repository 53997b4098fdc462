#!/usr/bin/env bash
# An integer column between MPS markers without bounds: at most 1 to CBC 2.10.8 and GLPK 5.0 (the old rule of MPSX), without an upper
# bound to lp_solve 5.5.2.5. And where it has a lower bound of 2, CBC drops the 1 while GLPK keeps it and finds nothing.
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
file() { printf "NAME i\nROWS\n N obj\n L c1\nCOLUMNS\n    m 'MARKER' 'INTORG'\n    x c1 1 obj -1\n    m 'MARKER' 'INTEND'\nRHS\n    rhs c1 7.5\n${1:-}ENDATA\n" > i.mps; }
ask() { file; echo 'no bounds'; three i.mps; file 'BOUNDS\n LO bnd x 2\n'; echo 'x >= 2'; three i.mps; }
seen=$(ask)
wanted='no bounds
CBC Optimal, -1.00000000
GLPK INTEGER OPTIMAL, -1
lp_solve -7.00000000
x >= 2
CBC Optimal, -7.00000000
GLPK INTEGER UNDEFINED, 0
lp_solve -7.00000000'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
