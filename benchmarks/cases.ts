// What is measured: each case is a network on a machine with a goal. Validated first (every layer proven), then timed.

import { readFileSync } from 'node:fs';
import {
  findNetwork,
  importOnnx,
  lowerTemplate,
  magnetConventions,
  parseCase,
  simba,
  technology16nm,
  timeloopConventions,
} from '../src/index.js';
import type { Architecture, Conventions, Network, Objective } from '../src/index.js';

export interface BenchmarkCase {
  readonly name: string;
  readonly network: Network;
  readonly architectures: readonly Architecture[];
  readonly conventions: Conventions;
  readonly objective: Objective;
  readonly padding: boolean;
}

function resnet50(): Network {
  const found = findNetwork('resnet50');
  if (!found.ok) throw new Error('resnet50 is built in');
  return found.value;
}

/** The ONNX file where it is at hand, the same layers built in otherwise. */
function resnet50FromOnnx(): Network {
  try {
    const read = importOnnx(
      readFileSync(`${process.env['MAGNET_MODELS'] ?? '../shared/models'}/light_resnet50.onnx`),
      'resnet50',
    );
    if (read.ok) return read.value;
  } catch {
    // Not at hand: said in the result by the network's source.
  }
  return resnet50();
}

/** The six-level Simba-like machine of our Timeloop measurements, every dimension allowed on every fan-out. */
function sixLevels(): Architecture {
  const lines = readFileSync(new URL('../test/golden/timeloop/cases.jsonl', import.meta.url), 'utf8').split('\n');
  const parsed = parseCase(JSON.parse(lines.find((l) => l.includes('"id":"D01_3x3"'))!));
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.value.architecture;
}

export function benchmarkCases(): readonly BenchmarkCase[] {
  const onSix = (objective: Objective): BenchmarkCase => ({
    name: `six-levels-${objective}`,
    network: resnet50(),
    architectures: [sixLevels()],
    conventions: timeloopConventions,
    objective,
    padding: false,
  });
  return [
    {
      name: 'resnet50-simba-edp',
      network: resnet50FromOnnx(),
      architectures: lowerTemplate(simba, technology16nm),
      conventions: magnetConventions,
      objective: 'edp',
      padding: true,
    },
    onSix('energy'),
    onSix('edp'),
    onSix('latency'),
  ];
}
