// Simulators and the synthesizer of the user's machine: whether they are here, and what they say where they fail.

import { parsed, refuse, type Parsed } from '../../base/diagnostics.js';
import type { Execution } from '../../pool/node/programs.js';
import { execute } from '../../pool/node/programs.js';

export type ToolName = 'iverilog' | 'vvp' | 'verilator' | 'yosys';

export interface Tool {
  readonly name: ToolName;
  /** The first line that it says of itself. */
  readonly version: string;
}

const packages: Readonly<Record<ToolName, string>> = {
  iverilog: 'iverilog',
  vvp: 'iverilog',
  verilator: 'verilator',
  yosys: 'yosys',
};

/** Whether a program can be started; a missing one is an answer with the way to get it. */
export async function findTool(name: ToolName): Promise<Parsed<Tool>> {
  const asked = await execute(name, [name === 'verilator' ? '--version' : '-V'], {});
  if (asked.code === 'missing') {
    return refuse(
      'missing-tool',
      [name],
      `${name} is not on the PATH; install it (Debian and Ubuntu: apt-get install ${packages[name]}), ` +
        'or go without: the simulator that comes with magnet needs no program',
    );
  }
  return parsed({
    name,
    version: `${asked.stdout}${asked.stderr}`.split('\n').find((line) => line.trim() !== '') ?? '',
  });
}

/** Of a failed step, what it said, shortened to what helps. */
export function failure(step: string, { code, stdout, stderr }: Execution): Parsed<never> {
  if (code === 'timeout') return refuse('out-of-time', [], `${step} did not end within its time limit`);
  const said = `${stderr}\n${stdout}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
    .join('\n');
  return refuse('failed', [], `${step} failed (${typeof code === 'number' ? `exit code ${code}` : code}): ${said}`);
}
