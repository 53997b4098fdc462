#!/usr/bin/env bash
# Installs Icarus Verilog, Verilator and Yosys on Debian and Ubuntu, a second opinion on the emitted Verilog, Z3 and
# cvc5 as they come natively, a second opinion on proofs, Chromium and Firefox, in which reports and the page are looked
# at, the shells zsh and fish, which are asked what they complete, Redis, which queues of tasks are on, Slurm, which
# array jobs are for, and OpenSTA, which reads what physical design begins with.
# magnet itself needs none of them; where they are absent, the tests that ask them say so and go on.
set -euo pipefail

missing=()
for tool in iverilog verilator yosys g++ make z3 cvc5 chromium firefox-esr zsh fish redis-server slurmctld sta; do
  command -v "$tool" > /dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "simulators: all there"
  exit 0
fi
if ! command -v apt-get > /dev/null; then
  echo "simulators: ${missing[*]} not found, and no apt-get to install them with; going on without"
  exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || { echo "simulators: ${missing[*]} not found; install them as root; going on without"; exit 0; }
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq iverilog verilator yosys g++ make z3 zsh fish
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq redis-server openssl || echo 'simulators: no redis here; going on without'
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq slurm-wlm munge || echo 'simulators: no slurm here; going on without'
# Not every release has these.
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq cvc5 || echo 'simulators: no cvc5 here; going on without'
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq chromium || echo 'simulators: no chromium here; going on without'
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq firefox-esr || echo 'simulators: no firefox here; going on without'
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq opensta || echo 'simulators: no opensta here; going on without'
