#!/usr/bin/env bash
# OpenSTA 2.0.17: a netlist may join nets on the right of an assign, but not on its left: `assign {a, b} = c;` is a syntax error, and
# with it the module is none. Yosys's write_verilog writes such lines for nets of several bits.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
# Debian 12's packages, unpacked beside this script's work and not installed.
apt-get download -qq opensta=0~20191111gitc018cb2+dfsg-1 libtcl8.6 libreadline8 2> /dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu:$PWD/root/lib/x86_64-linux-gnu PATH=$PWD/root/usr/bin:$PATH
cat > tiny.lib <<'LIB'
library (tiny) {
  delay_model : table_lookup; time_unit : "1ns"; capacitive_load_unit (1, pf);
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50; output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  cell (INV) { area : 1;
    pin (A) { direction : input; }
    pin (Y) { direction : output; function : "!A"; } }
}
LIB
netlist() { printf 'module top (d, q);\n  input [1:0] d; output [1:0] q; wire a, b;\n  INV i (.A(d[0]), .Y(a)); INV j (.A(d[1]), .Y(b));\n  assign %s;\nendmodule\n' "$1"; }
read_netlist() {
  netlist "$1" > top.v
  echo "assign $1;"
  printf 'read_liberty tiny.lib\nread_verilog top.v\nlink_design top\n' > read.tcl
  sta -exit read.tcl 2>&1 | grep Error || echo 'read and linked'
}
seen=$(read_netlist 'q = {a, b}'; read_netlist '{q[1], q[0]} = {a, b}')
wanted="assign q = {a, b};
read and linked
assign {q[1], q[0]} = {a, b};
Error: top.v, line 4 syntax error, unexpected '{', expecting ID.
Error: top is not a verilog module."
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
