// Layer tables: the parsed content of a YAML or JSON file as one or several networks.

import { isRecord } from '../base/records.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import type { CountedLayer, Network } from '../model/workload/network.js';
import { mergeCounted } from '../model/workload/network.js';
import { tooLargeTogether } from './size-limits.js';
import { looksLikeLayer, parseTableLayer, shown } from './table-layer.js';

/** Keys of a file that are not networks. */
const notes: readonly string[] = ['source', 'name', 'description'];

const shapes = 'a list of layers, {name, layers: [...]}, several named lists, or a single layer';

/**
 * Reads the networks of a layer table. `data` is what the file's text parsed to; `name` names the network where the
 * file does not. Accepted: a list of layers; `{name, source, layers: [...]}`; an object of such lists or objects by
 * network name; one layer on its own. All faults are listed at once.
 *
 * A layer gives N, G (or groups), K, C, P, Q, R, S (1 where missing; K and C per group; P and R along the width, Q
 * and S along the height), stride and dilation (Wstride, strideW or stride; H likewise), bias (yes where missing),
 * residual and fromHost (no where missing), weightBits and inputBits (not said where missing), count and name. With M it is a matrix
 * product instead: M rows, N columns, K summed over. Without M, N is the batch and K the output channels.
 */
export function parseLayerTable(data: unknown, name: string): Parsed<readonly Network[]> {
  const faults: Diagnostic[] = [];
  const networks = readTable(data, name, faults);
  return faults.length > 0 ? refused(faults) : parsed(networks);
}

function readTable(data: unknown, name: string, faults: Diagnostic[]): readonly Network[] {
  if (Array.isArray(data)) return [readList(data, name, undefined, [], faults)];
  if (!isRecord(data)) {
    faults.push({ code: 'wrong-type', path: [], message: `expected a layer table (${shapes}), got ${shown(data)}` });
    return [];
  }
  const ownName = typeof data['name'] === 'string' ? data['name'] : name;
  if (Object.hasOwn(data, 'layers')) return [readObject(data, ownName, undefined, [], faults)];
  if (looksLikeLayer(data)) return [networkOf(ownName, undefined, [parseTableLayer(data, [], 0, faults)], [], faults)];
  const named = Object.entries(data).filter(([key]) => !notes.includes(key));
  if (named.length === 0)
    faults.push({ code: 'empty', path: [], message: `the table has no layers; expected ${shapes}` });
  return named.flatMap(([key, value]) => {
    if (Array.isArray(value)) return [readList(value, key, data['source'], [key], faults)];
    if (isRecord(value) && Object.hasOwn(value, 'layers'))
      return [readObject(value, key, data['source'], [key], faults)];
    faults.push({
      code: 'wrong-type',
      path: [key],
      message:
        `expected the list of layers of a network called ${key}, ` +
        `got ${isRecord(value) ? 'an object without layers' : shown(value)}`,
    });
    return [];
  });
}

/** `{source, layers: [...]}`; `source` of the file where it has none of its own. */
function readObject(
  entry: Readonly<Record<string, unknown>>,
  name: string,
  source: unknown,
  path: Diagnostic['path'],
  faults: Diagnostic[],
): Network {
  for (const key of Object.keys(entry)) {
    if (key !== 'layers' && !notes.includes(key))
      faults.push({
        code: 'unknown-key',
        path: [...path, key],
        message: unknownName('field of a layer table', key, ['layers', ...notes]),
      });
  }
  return readList(entry['layers'], name, entry['source'] ?? source, [...path, 'layers'], faults);
}

function readList(
  list: unknown,
  name: string,
  source: unknown,
  path: Diagnostic['path'],
  faults: Diagnostic[],
): Network {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  if (!Array.isArray(list))
    faults.push({ code: 'wrong-type', path, message: `expected a list of layers, got ${shown(list)}` });
  else if (list.length === 0)
    faults.push({ code: 'empty', path, message: 'the list of layers is empty; give at least one layer' });
  return networkOf(
    name,
    source,
    entries.map((layer, i) => parseTableLayer(layer, [...path, i], i, faults)),
    path,
    faults,
  );
}

function networkOf(
  name: string,
  source: unknown,
  entries: readonly (CountedLayer | undefined)[],
  path: Diagnostic['path'],
  faults: Diagnostic[],
): Network {
  const layers = mergeCounted(entries.filter((entry) => entry !== undefined));
  const excess = tooLargeTogether(layers);
  if (excess !== undefined) faults.push({ code: 'out-of-range', path, message: excess });
  return { name, source: typeof source === 'string' ? source : 'layer table', layers, unmapped: [] };
}

/** The network called `name`, or the only one where no name is given: the part behind `#` in `file.json#resnet50`. */
export function selectNetwork(networks: readonly Network[], name: string | undefined): Parsed<Network> {
  const names = networks.map((network) => network.name);
  if (name === undefined) {
    const [only, another] = networks;
    if (only && !another) return parsed(only);
    return refuse(
      'ambiguous',
      [],
      `the table holds several networks (${names.join(', ')}); choose one, with #${names[0] ?? 'name'} behind the name of the file`,
    );
  }
  const found =
    networks.find((network) => network.name === name) ??
    networks.find((network) => network.name.toLowerCase() === name.toLowerCase());
  return found ? parsed(found) : refuse('unknown-name', [], unknownName('network', name, names));
}
