// The network that is run as a file for ONNX Runtime, and where its words may be others there.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { counted } from '../../base/text.js';
import type { HostStep } from '../../model/workload/network-graph.js';
import { indexInputs } from '../../model/workload/network-graph.js';
import type { RunOptions } from '../../options/network-table.js';
import { floatErrors } from '../../qdq/float-errors.js';
import { qdqFile } from '../../qdq/qdq-file.js';
import { writeFile } from '../files.js';
import type { Io } from '../io.js';
import type { PreparedNetwork } from '../../library/prepare-network.js';

/** Written before anything runs, where it is asked for; a line that says what to expect of it. */
export function writtenQdq(
  io: Io,
  { graph, design, words: { integers, scales } }: PreparedNetwork,
  { qdq: path }: Pick<RunOptions, 'qdq'>,
): Parsed<readonly string[]> {
  if (path === undefined) return parsed([]);
  const bits = design.machine.template.inputPrecision;
  const made = qdqFile(graph, integers, { bits, ...(scales && { scales }) });
  if (!made.ok) return made;
  const written = writeFile(io, path, made.value);
  if (!written.ok) return written;
  const errors = floatErrors(graph, integers, bits);
  const max = Math.max(0, ...errors.values());
  const indices = indexInputs(graph);
  const hosts = graph.steps.filter((s): s is HostStep => s.kind === 'host');
  // Places that an input names are no words.
  const left = hosts.find((s) => s.inputs.some((name) => indices.has(name)));
  const without = left ? ` without ${left.name} (${left.operator}) of the host and what waits for it` : '';
  const sure = `${path}: QDQ ONNX${without}; a runtime that computes in 32-bit real numbers has the same words`;
  const near = [
    ...(errors.size > 0
      ? [
          `in ${errors.size} of ${graph.steps.length} steps where the exact value is within ${max.toPrecision(1)} of a tie`,
        ]
      : []),
    ...(hosts.length > 0 ? [`near ties in ${counted(hosts.length, 'step')} of the host`] : []),
  ];
  return parsed([near.length === 0 ? sure : `${sure}, but ${near.join(' and ')}`]);
}
