// WORKLOAD: a built-in network, an ONNX file, a layer table, a case file or another tool's workload, told apart by what is in it.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { nearest, unknownName } from '../base/text.js';
import type { Case } from '../interchange/case.js';
import { looksLikeCase, parseCase } from '../interchange/case.js';
import { looksLikeDesign } from '../results/design-file.js';
import type { ForeignNetwork } from '../interchange/foreign/foreign-network.js';
import { looksLikeZigzag, readZigzag } from '../interchange/foreign/zigzag.js';
import { looksLikeTimeloop } from '../interchange/timeloop/sections.js';
import type { Conventions } from '../model/cost/conventions.js';
import { timeloopConventions } from '../model/cost/conventions.js';
import type { Configure } from '../compile/network-configuration.js';
import { configurationOfGraph, configurationOfList } from '../compile/network-configuration.js';
import { networkOfSteps } from '../compile/step-layers.js';
import { onnxNetwork } from '../library/onnx-network.js';
import type { Network } from '../model/workload/network.js';
import { withGroupsApart } from '../model/workload/block-diagonal.js';
import { withoutFolds } from '../model/workload/folds.js';
import { withHostInputs } from '../model/workload/host-inputs.js';
import type { GivenWords, KnownWords } from '../model/workload/given-words.js';
import { knownWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { findGraph } from '../workloads/builtin-graph.js';
import { builtinNames, findNetwork } from '../workloads/builtin.js';
import { exportOnnx } from '../workloads/onnx/export.js';
import type { OnnxNames } from '../workloads/onnx/import.js';
import { importOnnx, namesIn } from '../workloads/onnx/import.js';
import { parseLayerTable, selectNetwork } from '../workloads/layer-table.js';
import { contentOf, otherThan } from './content.js';
import { formatOf, located, readBytes, readData, stem } from './files.js';
import type { Io } from './io.js';
import { packagedNames, packagedNetwork } from './packaged.js';
import { loadTimeloop } from './timeloop.js';

export interface Workload {
  readonly network: Network;
  /** Its steps, of a network that has operators between its layers. */
  readonly graph?: () => Parsed<NetworkGraph>;
  /** What writing the programs of its runs takes. */
  readonly configured: Configure;
  /** Numbers of all weights that steps of the graph take; undefined where its file has none. */
  readonly weights?: (graph: NetworkGraph) => Parsed<ReadonlyMap<string, Float64Array> | undefined>;
  /** What the file says of its words, where others have quantized it. */
  readonly quantized?: (graph: NetworkGraph) => Parsed<GivenWords>;
  /** Brings a machine of its own. */
  readonly fromCase: Case | undefined;
  /** Where it is a problem of Timeloop's: its file, whose names the architecture and its constraints speak in. */
  readonly timeloop?: string;
  /** The rules to count by unless a user or a case says otherwise. */
  readonly conventions?: Conventions;
}

export interface WorkloadOptions {
  readonly batch?: number | undefined;
  /** Sizes of symbolic dimensions of an ONNX file. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Operators of an ONNX file whose output has the shape of their first input. */
  readonly sameShape?: readonly string[] | undefined;
  /** Timeloop files about a machine that the workload brings: constraints, an ERT. */
  readonly constraints?: readonly string[] | undefined;
  /** Another machine takes the place of one that the workload brings, which is then not read. */
  readonly replaced?: boolean;
  /** Whether groups may be joined into blocks: they may unless it is false. */
  readonly diagonal?: boolean;
  /** Whether layers may be folded whose input the host lays out: they may unless it is false. */
  readonly folds?: boolean;
  /** Whether residuals, pools and element-wise steps are layers too, which needs the graph of the network. */
  readonly allSteps?: boolean;
  /** Whether it is the graph that counts, in which there need be no layer. */
  readonly graphAlone?: boolean;
}

const plain = (network: Parsed<Network>): Parsed<Workload> =>
  network.ok ? parsed({ network: network.value, fromCase: undefined, configured: configurationOfList }) : network;

export function loadWorkload(io: Io, given: string, options: WorkloadOptions): Parsed<Workload> {
  const read = readWorkload(io, given, options);
  const all = read.ok ? (options.allSteps ? withAllSteps(read.value) : parsed(withInputs(read.value, options))) : read;
  if (!all.ok) return all;
  const { network } = all.value;
  const whole = options.folds === false ? withoutFolds(network) : network;
  return parsed({ ...all.value, network: options.diagonal === false ? withGroupsApart(whole) : whole });
}

/** A list of layers learns from the graph which of them read what the host lays out. */
function withInputs(workload: Workload, { graphAlone }: WorkloadOptions): Workload {
  const graph = graphAlone ? undefined : workload.graph?.();
  return graph?.ok ? { ...workload, network: withHostInputs(workload.network, graph.value) } : workload;
}

/** A list of layers has no other steps. */
function withAllSteps(workload: Workload): Parsed<Workload> {
  const graph = workload.graph?.();
  if (!graph) return parsed(workload);
  if (!graph.ok) return graph;
  const words = wordsIn(workload, graph.value);
  const network = networkOfSteps(workload.network, graph.value, words);
  if (network.layers.length === 0)
    return refuse(
      'empty',
      [],
      `${network.name} has no step that a run of the machine does; its operators: ` +
        network.unmapped.map((u) => u.operator).join(', '),
    );
  return parsed({ ...workload, network, configured: configurationOfGraph(() => graph, words) });
}

/** What a file of words says of them. */
function wordsIn({ weights, quantized }: Workload, graph: NetworkGraph): KnownWords | undefined {
  const [numbers, given] = [weights?.(graph), quantized?.(graph)];
  return numbers?.ok && numbers.value && given?.ok ? knownWords(numbers.value, given.value) : undefined;
}

function readWorkload(io: Io, given: string, options: WorkloadOptions): Parsed<Workload> {
  const builtin = findNetwork(given);
  const [path, choice] = fileAndChoice(io, given);
  const content = builtin.ok
    ? parsed({ kind: 'unknown' } as const)
    : contentOf(io, path, 'an ONNX file, a layer table or a case');
  // What is called as a file is one; of anything else a name may be meant.
  const isFile = content.ok
    ? content.value.kind !== 'unknown'
    : content.diagnostics[0]?.code !== 'no-file' || formatOf(path) !== undefined || /\.onnx$/i.test(path);
  if (!content.ok && isFile) return content;
  if (content.ok && (content.value.kind === 'onnx' || content.value.kind === 'network') && choice !== undefined)
    return oneNetwork(path, choice);
  if (content.ok && content.value.kind === 'onnx') {
    const { bytes } = content.value;
    const name = stem(given.replace(/\.gz$/i, ''));
    const steps = options.allSteps === true || options.graphAlone === true;
    const read = located(given, onnxNetwork(bytes, name, { ...options, steps }));
    if (!read.ok) return read;
    const { network, graph, weights, quantized } = read.value;
    const { source = network.source } = packagedNetwork(given) ?? {};
    return parsed({
      network: { ...network, source },
      fromCase: undefined,
      configured: configurationOfList,
      graph: () => located(given, graph()),
      weights: (of: NetworkGraph) => located(given, weights(of)),
      ...(quantized && { quantized: (of: NetworkGraph) => located(given, quantized(of)) }),
    });
  }
  if (options.dims) return refuse('no-effect', [], `--dim applies to ONNX files; ${given} has no symbolic dimensions`);
  if (options.sameShape)
    return refuse('no-effect', [], `--same-shape applies to ONNX files; ${given} has no operators`);
  if (content.ok && content.value.kind === 'network') return foreignWorkload(io, path, content.value.read, options);
  if (content.ok && content.value.kind === 'data') return loadData(io, path, choice, options);
  const known = [...builtinNames, ...packagedNames];
  const isMeantAsFile = /[\\/.]/.test(given) && !known.some((name) => nearest(given, [name]));
  if (!builtin.ok && (content.ok || isMeantAsFile)) {
    return refuse(
      'unknown-format',
      [],
      `${given} is not a workload: expected a built-in network ` +
        `(${known.join(', ')}), an .onnx file, a layer table or case as .yaml or ` +
        '.json, or a workload of Timeloop, ZigZag (.yaml), SCALE-Sim (.csv) or MAESTRO (.m)',
    );
  }
  return builtin.ok
    ? builtinWorkload(builtin.value, options)
    : refuse('unknown-name', [], unknownName('network', given, known));
}

function builtinWorkload(network: Network, { batch }: WorkloadOptions): Parsed<Workload> {
  const { name, unmapped } = network;
  const graph = () => findGraph(name, { batch });
  if (batch === undefined) return parsed({ network, fromCase: undefined, configured: configurationOfList, graph });
  // Through its ONNX file: the importer knows where in every operator the batch lies.
  const again = importOnnx(exportOnnx(network), name, { batch });
  if (!again.ok) return again;
  return parsed({
    network: { name, source: `${network.source}, batch ${batch}`, layers: again.value.layers, unmapped },
    fromCase: undefined,
    configured: configurationOfList,
    graph,
  });
}

const oneNetwork = (path: string, choice: string): Parsed<never> =>
  refuse(
    'no-effect',
    [],
    `${path} holds one network, and #${choice} chooses among those of a layer table; give ${path}`,
  );

/** `FILE#NAME`; a sign that is part of a file's name stays with it. */
function fileAndChoice(io: Io, given: string): readonly [path: string, choice?: string] {
  const [, file, choice] = /^(.+)#(.*)$/.exec(given) ?? [];
  return file === undefined || choice === undefined || (formatOf(file) === undefined && readBytes(io, given).ok)
    ? [given]
    : [file, choice];
}

/** What `--dim` and `--same-shape` may name in an ONNX file; nothing where it is none, or cannot be read, which loading it says. */
export function onnxNames(io: Io, path: string): OnnxNames | undefined {
  const content = findNetwork(path).ok ? undefined : contentOf(io, path, 'an ONNX file');
  return content?.ok && content.value.kind === 'onnx' ? namesIn(content.value.bytes, path) : undefined;
}

function loadData(io: Io, path: string, choice: string | undefined, options: WorkloadOptions): Parsed<Workload> {
  const data = readData(io, path, 'a layer table or a case');
  if (!data.ok) return data;
  const isTable = !(looksLikeZigzag(data.value) || looksLikeTimeloop(data.value) || looksLikeCase(data.value));
  if (choice !== undefined && !isTable) return oneNetwork(path, choice);
  if (looksLikeZigzag(data.value))
    return foreignWorkload(io, path, located(path, readZigzag(data.value, stem(path))), options);
  if (options.batch !== undefined)
    return refuse(
      'no-effect',
      [],
      `--batch applies to ONNX files and built-in networks; in ${path}, give each layer its N`,
    );
  if (looksLikeDesign(data.value))
    return refuse(
      'not-a-workload',
      [],
      `${path} is a design: name the workload that is to be mapped, and give the design as --arch ${path} for its machine`,
    );
  if (looksLikeTimeloop(data.value)) return loadProblem(io, path, options);
  if (looksLikeCase(data.value)) {
    const read = located(path, parseCase(data.value));
    if (!read.ok) return read;
    const { id, layer } = read.value;
    return parsed({
      network: { name: id, source: path, layers: [{ layer, count: 1 }], unmapped: [] },
      fromCase: read.value,
      configured: configurationOfList,
    });
  }
  const other = otherThan(path, data.value, ['workload'], 'an ONNX file, a layer table or a case');
  if (other) return other;
  const networks = located(path, parseLayerTable(data.value, stem(path)));
  return networks.ok ? plain(located(path, selectNetwork(networks.value, choice))) : networks;
}

/** Written for another tool, read as it counts; what was assumed is said. */
function foreignWorkload(
  io: Io,
  path: string,
  read: Parsed<ForeignNetwork>,
  { batch }: WorkloadOptions,
): Parsed<Workload> {
  if (!read.ok) return read;
  if (batch !== undefined)
    return refuse(
      'no-effect',
      [],
      `--batch applies to ONNX files and built-in networks; ${path} says its batch itself`,
    );
  for (const note of read.value.notes) io.err(`note: ${path}: ${note}\n`);
  return plain(parsed(read.value.network));
}

/** A Timeloop file with a problem, and perhaps a machine and a mapping. */
function loadProblem(io: Io, path: string, { constraints = [], replaced = false }: WorkloadOptions): Parsed<Workload> {
  const read = replaced
    ? loadTimeloop(io, [path], { only: { [path]: 'problem' } })
    : loadTimeloop(io, [...new Set([path, ...constraints])]);
  if (!read.ok) return read;
  const { architecture, layer, mapping } = read.value;
  if (!layer)
    return refuse(
      'not-a-workload',
      [],
      `${path} is a Timeloop file without a problem; give one that has it as WORKLOAD, and this one as --arch or --constraints`,
    );
  const conventions = timeloopConventions;
  const network = { name: layer.name, source: path, layers: [{ layer, count: 1 }], unmapped: [] };
  return parsed({
    network,
    fromCase: architecture && { id: layer.name, architecture, layer, mapping, conventions },
    timeloop: path,
    conventions,
    configured: configurationOfList,
  });
}

/** The network with only the layers of these names; all of them where none is named. Who names layers leaves the rest out himself. */
export function selectLayers(network: Network, names: readonly string[] | undefined): Parsed<Network> {
  if (names === undefined) return parsed(network);
  const known = network.layers.map(({ layer }) => layer.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return refused(
      unknown.map((name) => ({
        code: 'unknown-name',
        path: [],
        message: unknownName(`layer of ${network.name}`, name, known),
      })),
    );
  return parsed({ ...network, layers: network.layers.filter(({ layer }) => names.includes(layer.name)), unmapped: [] });
}
