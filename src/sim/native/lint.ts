// What Verilator and Icarus Verilog find wrong with files, without running them.

import { parsed, type Parsed } from '../../base/diagnostics.js';
import { failure, findTool } from './native-tools.js';
import { execute, inFolder, type Execution, type Files } from '../../pool/node/programs.js';
import { sourcesOf } from './native-simulation.js';

export interface Lint {
  /** Warnings and errors as printed, one each; none is clean. */
  readonly findings: readonly string[];
}

/** `verilator --lint-only -Wall`: widths, unused and undriven nets, latches, loops. */
export const lintVerilator = (files: Files, top: string): Promise<Parsed<Lint>> =>
  lint('verilator', files, ['--lint-only', '-Wall', '--top-module', top], /^%(Warning|Error)/);

/** `iverilog -g2005 -Wall -tnull`: whether it is Verilog-2005, and what Icarus warns of. */
export const lintIverilog = (files: Files, top: string): Promise<Parsed<Lint>> =>
  lint('iverilog', files, ['-g2005', '-Wall', '-tnull', '-s', top], /^\S+:\d+: (?! *:)|^(error|warning|sorry)/i);

async function lint(
  name: 'verilator' | 'iverilog',
  files: Files,
  args: readonly string[],
  beginsFinding: RegExp,
): Promise<Parsed<Lint>> {
  const tool = await findTool(name);
  if (!tool.ok) return tool;
  return inFolder(files, async (cwd) => {
    const done = await execute(name, [...args, ...sourcesOf(files)], { cwd });
    const findings = findingsOf(done, beginsFinding);
    // An error that looks like nothing known must not pass for clean.
    return done.code !== 0 && findings.length === 0 ? failure(name, done) : parsed({ findings });
  });
}

/** Lines that begin a finding, each with the lines that explain it. */
function findingsOf({ stdout, stderr }: Execution, begins: RegExp): readonly string[] {
  const findings: string[] = [];
  for (const line of `${stderr}\n${stdout}`.split('\n')) {
    if (begins.test(line)) findings.push(line);
    else if (findings.length > 0 && line.trim() !== '') findings.push(`${findings.pop() ?? ''}\n${line}`);
  }
  return findings;
}
