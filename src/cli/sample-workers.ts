// Who runs samples: worker threads where there is enough to do, else this thread.

import type { Parsed } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { runHere } from '../pool/here.js';
import { openRunner } from '../pool/node/open-runner.js';
import type { Runner } from '../pool/tasks.js';
import { macsIn } from '../quantize/accuracy.js';
import type { QuantizeTasks } from '../quantize/quantize-tasks.js';
import { quantizeTasks } from '../quantize/quantize-tasks.js';
import type { Io } from './io.js';

/** Multiply-accumulates below which threads would take longer to begin than they save. */
const worthThreads = 2e9;

/** `workers` as it was asked for; `graph` is of one sample. */
export function openSampleRunner(
  { cpus }: Pick<Io, 'cpus'>,
  graph: Parsed<NetworkGraph>,
  samples: number,
  workers: number | undefined,
): Runner<QuantizeTasks> {
  const width = workers ?? (graph.ok && macsIn(graph.value) * samples < worthThreads ? 1 : cpus);
  return width > 1 ? openRunner(quantizeTasks, width) : runHere(quantizeTasks);
}
