#!/usr/bin/env bash
# OpenSTA 2.0.17: `set_power_activity -pins`, which its help lists, ends in an error whatever pins it is given, by name or as objects: it
# calls a command that is not there. -input_ports, -input and -global of the same command do what they say.
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
printf 'module top (d, q);\n  input d; output q;\n  INV i (.A(d), .Y(q));\nendmodule\n' > top.v
cat > set.tcl <<'TCL'
read_liberty tiny.lib
read_verilog top.v
link_design top
foreach of [list {-pins i/A} {-pins [get_pins i/A]} {-input_ports d} -input -global] {
  set failed [catch "set_power_activity $of -activity 0.25 -duty 0.5" said]
  puts "> $of: [expr {$failed ? $said : "set"}]"
}
TCL
{ printf 'help set_power_activity\n'; cat set.tcl; } > all.tcl
seen=$(sta -exit all.tcl 2>&1 | grep -e '^ *\[-global' -e '^>')
wanted='   [-global] [-input] [-input_ports ports] [-pins pins] [-activiity activity] [-duty duty]
> -pins i/A: invalid command name "get_pins_error"
> -pins [get_pins i/A]: invalid command name "get_pins_error"
> -input_ports d: set
> -input: set
> -global: set'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
