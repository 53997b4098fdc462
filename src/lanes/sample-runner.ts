// Samples through a network: in lanes where they are to be had, by the reference otherwise; the numbers are the same.

import { got } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { Arithmetic } from '../reference/run-graph.js';
import { runGraph } from '../reference/run-graph.js';
import type { Numbering } from './finishes.js';
import { Lanes } from './lanes.js';

type Tensors = ReadonlyMap<string, Numbers>;

/**
 * Runs as many samples as `inputs` have along their first axis: those tensors that are wanted, or all, with the samples along
 * theirs. Refused where the reference refuses, or where a step is not run.
 */
export type RunSamples = (inputs: Tensors, wanted?: readonly string[]) => Parsed<Tensors>;

/**
 * Runs many samples side by side in vectors of WebAssembly. `graph` is that of one sample; `arithmetic` and `numbering` are of
 * the same numbers, and without a numbering the reference alone runs. The first sample of all runs by the reference too and must
 * have the same numbers, unless that was `checked` before.
 */
export function sampleRunner(
  graph: NetworkGraph,
  arithmetic: Arithmetic,
  numbering: Numbering | undefined,
  { checked = false }: { readonly checked?: boolean } = {},
): RunSamples {
  const shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape ?? []]));
  const countIn = (inputs: Tensors): number => {
    const [first] = graph.inputs;
    return first === undefined ? 0 : got(inputs, first).values.length / countOf(got(shapes, first));
  };
  const alone = (inputs: Tensors, at: number): Parsed<Tensors> => {
    const own = [...inputs].map(([name, { values }]) => {
      const shape = got(shapes, name);
      return [name, { shape, values: values.slice(at * countOf(shape), (at + 1) * countOf(shape)) }] as const;
    });
    const run = runGraph(graph, new Map(own), arithmetic);
    if (!run.ok) return run;
    const [left] = run.value.notRun;
    return left ? refuse('not-run', [], left.why) : parsed(run.value.tensors);
  };
  const room = (names: readonly string[], count: number) =>
    new Map(
      names.map((name) => {
        const [images = 1, ...rest] = got(shapes, name);
        const shape = got(shapes, name).length === 0 ? [count] : [count * images, ...rest];
        return [name, { shape, values: new Float64Array(countOf(shape)) }] as const;
      }),
    );

  const byReference: RunSamples = (inputs, wanted) => {
    const count = countIn(inputs);
    let found: ReturnType<typeof room> | undefined;
    for (let at = 0; at < count; at++) {
      const run = alone(inputs, at);
      if (!run.ok) return run;
      found ??= room(wanted ?? [...run.value.keys()], count);
      for (const [name, { values }] of found) {
        const own = got(run.value, name).values;
        values.set(own, at * own.length);
      }
    }
    return parsed(found ?? new Map<string, Numbers>());
  };

  const lanes = numbering && Lanes.of(graph, arithmetic, numbering);
  if (!lanes) return byReference;
  let isChecked = checked;
  return (inputs, wanted = lanes.tensors) => {
    const count = countIn(inputs);
    const found = room(wanted, count);
    for (let at = 0; at < count; at += lanes.width) {
      const pack = Math.min(lanes.width, count - at);
      const own = [...inputs].map(([name, { values }]) => {
        const each = countOf(got(shapes, name));
        return [name, values.subarray(at * each, (at + pack) * each)] as const;
      });
      lanes.run(new Map(own), pack);
      for (const [name, { values }] of found) lanes.read(name, values, at * countOf(got(shapes, name)));
      if (!isChecked) {
        const run = alone(inputs, 0);
        if (!run.ok) return run;
        expectSame(graph, lanes, run.value);
        isChecked = true;
      }
    }
    return parsed(found);
  };
}

/** @throws where a number of the first sample is not that of the reference. */
function expectSame(graph: NetworkGraph, lanes: Lanes, reference: Tensors): void {
  for (const [name, { values }] of reference) {
    const found = lanes.readFirst(name);
    const wrong = values.findIndex((v, i) => found[i] !== v && !(Number.isNaN(v) && Number.isNaN(found[i])));
    if (wrong >= 0)
      throw new Error(
        `invariant: lanes have ${found[wrong]} for ${values[wrong]} of the reference in ${name} of ${graph.name}`,
      );
  }
}
