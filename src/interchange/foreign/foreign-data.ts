// What parsed YAML or JSON is, where something else was expected: one of our own files, or another tool's.

import type { Fields } from '../../base/records.js';
import { isRecord } from '../../base/records.js';
import { looksLikeCase } from '../case.js';
import { isOfSchema } from '../schema.js';
import { looksLikeTimeloop } from '../timeloop/sections.js';

/** What a file is: one of ours by its form, of Timeloop, or of another tool (`foreign`). */
export type DataKind =
  | 'workload'
  | 'machine'
  | 'mapping'
  | 'space'
  | 'technology'
  | 'jobs'
  | 'design'
  | 'case'
  | 'result'
  | 'Timeloop'
  | 'foreign';

/** What some data was taken for, in words for people. */
export interface Recognised {
  readonly kind: DataKind;
  /** `a design space`. */
  readonly what: string;
  /** Where it belongs, or how to convert it. */
  readonly way: (path: string) => string;
}

const listOf = (x: unknown): readonly unknown[] => (Array.isArray(x) ? (x as readonly unknown[]) : []);
const has = (x: unknown, ...keys: readonly string[]) => isRecord(x) && keys.every((key) => Object.hasOwn(x, key));
const some = (x: unknown, ...keys: readonly string[]) => isRecord(x) && keys.some((key) => Object.hasOwn(x, key));

const results: Readonly<Record<string, string>> = {
  'magnet-map/': 'a result of magnet map',
  'magnet-codesign/': 'a result of magnet codesign',
  'magnet-prove/': 'a result of magnet prove',
  'magnet-compare/': 'a result of magnet compare',
  'magnet-batch/': 'a result of magnet batch',
  'magnet-synth/': 'a result of magnet synth',
  'magnet-run/': 'a result of magnet run',
  'magnet-accuracy/': 'a result of magnet accuracy',
  'magnet-simulate/': 'a result of magnet simulate',
  'magnet-chain/': 'a result of magnet simulate --chain',
};

export const isZigzagLayer = (x: unknown): boolean =>
  has(x, 'equation') && some(x, 'loop_dims', 'loop_dim_size', 'loop_sizes');

/** `{layers: [...]}`, or the list itself. */
const layersOf = (x: unknown) => listOf(isRecord(x) ? x['layers'] : x);

/** What parsed YAML or JSON is where something else was expected; undefined where nothing tells it. */
export function recogniseData(data: unknown): Recognised | undefined {
  const is = (kind: DataKind, what: string, way: string | ((path: string) => string)): Recognised => ({
    kind,
    what,
    way: typeof way === 'string' ? () => way : way,
  });
  if (isOfSchema(data, 'magnet-design/'))
    return is(
      'design',
      'a design',
      (path) => `its machine is meant by --arch ${path}; rtl, simulate, synth and show take it itself`,
    );
  const result = Object.entries(results).find(([family]) => isOfSchema(data, family))?.[1];
  if (result !== undefined) return is('result', result, 'magnet report and magnet show take it');
  if (looksLikeTimeloop(data))
    return is(
      'Timeloop',
      timeloopParts(data as Fields),
      'give its parts where they belong: the problem as WORKLOAD, the architecture as --arch, ' +
        'constraints and ERT as --constraints, all with the mapping to magnet evaluate',
    );
  if (looksLikeCase(data)) return is('case', 'a case with a machine of its own', 'give it as WORKLOAD');
  const first = listOf(data)[0] ?? (isRecord(data) ? Object.values(data).find(isRecord) : undefined);
  if (isZigzagLayer(first) || isZigzagLayer(data)) return is('workload', 'a workload of ZigZag', 'give it as WORKLOAD');
  if (some(first, 'spatial_mapping', 'temporal_ordering', 'memory_operand_links', 'core_allocation'))
    return is(
      'foreign',
      'a mapping of ZigZag',
      'magnet finds mappings itself; give the workload (.yaml or .onnx) as WORKLOAD',
    );
  if (has(data, 'operational_array') || has(data, 'memories', 'dimensions') || has(data, 'cores', 'core_connectivity'))
    return is(
      'foreign',
      'a hardware description of ZigZag',
      'describe the machine as magnet does: magnet archs simba --yaml prints one to start from',
    );
  if (
    has(data, 'workload') &&
    some((data as Fields)['workload'], 'einsums', 'shape', 'rank_sizes', 'iteration_space_shape')
  )
    return is(
      'foreign',
      'a workload of AccelForge',
      'write its Einsums as a layer table, {M, N, K} each, or give the ONNX file',
    );
  if (has(data, 'modelTopology') || has(data, 'format', 'weightsManifest'))
    return is(
      'foreign',
      'a TensorFlow.js model',
      'run python3 -m tf2onnx.convert --tfjs model.json --output model.onnx (pip install tf2onnx tensorflow)',
    );
  if (has(data, 'architectures', 'model_type'))
    return is(
      'foreign',
      'a configuration of Hugging Face',
      'run optimum-cli export onnx --model NAME folder (pip install optimum) and give folder/model.onnx',
    );
  if (has(data, 'nodes', 'heads', 'arg_nodes'))
    return is('foreign', 'an MXNet or TVM graph', 'export it to ONNX from its framework');
  if (has(data, 'space')) return is('space', 'a design space', (path) => `give it as --space ${path}`);
  if (some(data, 'constants', 'sramArea'))
    return is('technology', 'a technology', (path) => `give it as --technology ${path}`);
  if (has(data, 'jobs')) return is('jobs', 'a file of jobs', (path) => `give it to magnet batch ${path}`);
  if (some(data, 'template') || has(data, 'levels', 'compute'))
    return is('machine', 'a machine', (path) => `give it as --arch ${path}`);
  if (has(data, 'levels') && listOf((data as Fields)['levels']).some((l) => some(l, 'keep', 'bypass', 'spatial')))
    return is('mapping', 'a mapping', (path) => `give it as --mapping ${path} of magnet evaluate`);
  const tables =
    isRecord(data) && !has(data, 'layers') ? [[data], ...Object.values(data).map(layersOf)] : [layersOf(data)];
  if (tables.some((layers) => layers.some((l) => some(l, 'K', 'C', 'M', 'P', 'Q', 'R', 'S'))))
    return is('workload', 'a layer table', (path) => `give ${path} as WORKLOAD`);
  return undefined;
}

function timeloopParts(data: Fields): string {
  const parts = ['architecture', 'arch', 'problem', 'mapping', 'variables', 'ERT'].filter((key) =>
    Object.hasOwn(data, key),
  );
  const constraints = Object.keys(data).some((key) => key.includes('constraints')) ? ['constraints'] : [];
  const said = [...parts.map((p) => (p === 'arch' ? 'architecture' : p)), ...constraints];
  return said.length > 0 ? `a Timeloop file (${said.join(', ')})` : 'a Timeloop file';
}
