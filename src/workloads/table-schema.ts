// What a layer table may hold, as JSON Schema for editors.

import { dimensions } from '../model/workload/layer.js';
import { knownKeys } from './table-layer.js';

type Schema = Readonly<Record<string, unknown>>;

const about: Readonly<Record<string, string>> = {
  N: 'images of a batch; with M, columns of the product',
  G: 'groups',
  K: 'output channels per group; with M, what is summed over',
  C: 'input channels per group',
  P: 'width of the outputs',
  Q: 'height of the outputs',
  R: 'width of the kernel',
  S: 'height of the kernel',
  M: 'rows of a matrix product of M rows and N columns that sums over K',
  count: 'how often the layer stands in the network',
  bias: 'whether there is one; yes where it is not said',
  residual: 'whether a second tensor is added to the sums',
  fromHost: 'whether the inputs are those of the network, so that they may be folded',
  macs: 'a note; it follows from the shape',
};
const flags: readonly string[] = ['bias', 'residual', 'fromHost'];

const fieldOf = (key: string): Schema => ({
  ...(key === 'name'
    ? { type: ['string', 'number'] }
    : flags.includes(key)
      ? { type: 'boolean' }
      : { type: 'integer', minimum: 1 }),
  ...(about[key] !== undefined && { description: about[key] }),
});

const layer: Schema = {
  type: 'object',
  properties: Object.fromEntries(
    knownKeys.map((key) => [key, key === 'macs' ? { description: about[key] } : fieldOf(key)]),
  ),
  additionalProperties: false,
  anyOf: [...dimensions, 'M', 'groups'].map((key) => ({ required: [key] })),
};
const layers: Schema = { type: 'array', items: layer, minItems: 1 };
const notes: Schema = { source: {}, name: {}, description: {} };
const network: Schema = {
  type: 'object',
  properties: { layers, ...notes },
  required: ['layers'],
  additionalProperties: false,
};

/** A list of layers, `{layers}`, several of either by name, or a single layer. */
export const layerTableSchema = (): Schema => ({
  anyOf: [
    layers,
    network,
    layer,
    { type: 'object', properties: notes, additionalProperties: { anyOf: [layers, network] }, minProperties: 1 },
  ],
});
