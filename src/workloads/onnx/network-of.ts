// A decoded ONNX graph as a network: its layers with how often each occurs, and what is not mapped.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import type { CountedLayer, Network, Unmapped } from '../../model/workload/network.js';
import { mergeCounted } from '../../model/workload/network.js';
import { tooLargeTogether } from '../size-limits.js';
import type { BindOptions } from './bind.js';
import { biasesOf } from './bias.js';
import { bindInputs } from './bind.js';
import type { Graph } from './graph.js';
import { operatorName } from './graph.js';
import { infer } from './infer.js';
import { findingOf } from './onnx-layers.js';
import { nameOf, pathOf } from './graph-order.js';
import type { Step } from './walk.js';

/** A broken file can have a fault per node; beyond these the rest is only counted. */
const maxDiagnostics = 20;

/** Refused where nothing multiplies. */
export function networkOf(graph: Graph, name: string, options: BindOptions = {}): Parsed<Network> {
  const network = listOf(graph, name, options);
  if (!network.ok || network.value.layers.length > 0) return network;
  const operators = network.value.unmapped.map((u) => u.operator).join(', ');
  return refuse('empty', [], `${name} has no convolution or matrix product to map; its operators: ${operators}`);
}

/**
 * Whatever multiplies tensors becomes layers, identical shapes are merged; every other operator is counted in
 * `unmapped`, with what it multiplies where no layer can have it.
 */
export function listOf(graph: Graph, name: string, options: BindOptions = {}): Parsed<Network> {
  const binding = bindInputs(graph, options);
  if (!binding.ok) return binding;
  const { steps, faults } = infer(graph, binding.value);
  const diagnostics: Diagnostic[] = [...faults];
  const layers: CountedLayer[] = [];
  const hasBiases = biasesOf(steps);
  const unmapped = new Map<string, Unmapped>();
  const blocked = new Map<string, { readonly first: Step; count: number }>();
  const faulty = new Set(faults.map(({ path }) => path.join()));
  for (const step of steps) {
    const { node } = step.op;
    const finding = findingOf(step, hasBiases);
    switch (finding.kind) {
      case 'layers':
        layers.push(...finding.layers);
        if (finding.rest)
          unmapped.set(finding.rest.operator, together(unmapped.get(finding.rest.operator), finding.rest));
        break;
      case 'blocked': {
        const known = blocked.get(finding.blame);
        if (known) known.count++;
        else blocked.set(finding.blame, { first: step, count: 1 });
        break;
      }
      case 'fault':
        // The shape rule has said the same already.
        if (!faulty.has(pathOf(node).join()))
          diagnostics.push({
            code: 'malformed',
            path: pathOf(node),
            message: `${operatorName(node)}: ${finding.message}`,
          });
    }
  }
  // After a contradiction the gaps behind it are its consequences, not findings of their own.
  if (diagnostics.length === 0) {
    for (const [blame, { first, count }] of blocked) {
      const others = count > 1 ? ` (and ${count - 1} more)` : '';
      diagnostics.push({
        code: 'unknown-shape',
        path: pathOf(first.op.node),
        message: `the size of ${nameOf(first.op.node)}${others} is not known: ${blame}`,
      });
    }
  }
  if (diagnostics.length > 0) return refused(shortened(diagnostics));
  const merged = mergeCounted(layers);
  const excess = tooLargeTogether(merged);
  if (excess !== undefined) return refuse('out-of-range', [], excess);
  const batch = options.batch === undefined ? '' : `, batch ${options.batch}`;
  return parsed({
    name,
    source: `ONNX graph ${graph.name || 'without a name'}${batch}`,
    layers: merged,
    unmapped: [...unmapped.values()],
  });
}

const together = (a: Unmapped | undefined, b: Unmapped): Unmapped =>
  a === undefined
    ? b
    : {
        operator: a.operator,
        count: a.count + b.count,
        macs: a.macs === null || b.macs === null ? null : a.macs + b.macs,
      };

const shortened = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.length <= maxDiagnostics
    ? diagnostics
    : [
        ...diagnostics.slice(0, maxDiagnostics),
        { code: 'more', path: [], message: `and ${diagnostics.length - maxDiagnostics} more faults of the same file` },
      ];
