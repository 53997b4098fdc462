// Attributes of components: which are read, and which would change counts, energy or cycles
// in a way that is not modelled.

import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, note, numberOf } from './findings.js';
import { refuseSlips } from './keys.js';

export const widths = ['word_bits', 'datawidth', 'word_width', 'data_width'];
export const blocks = ['block_size', 'n_words'];
export const depths = ['depth', 'memory_depth'];
export const lines = ['width', 'memory_width'];
const read = [
  ...widths,
  ...blocks,
  ...depths,
  ...lines,
  'entries',
  'sizeKB',
  'cluster_size',
  'multiple_buffering',
  'read_bandwidth',
  'write_bandwidth',
  'shared_bandwidth',
  'bandwidth',
  'vector_access_energy',
  'addr_gen_energy',
  'energy_per_op',
  'meshX',
  'meshY',
  'instances',
  'technology',
  'global_cycle_seconds',
];

interface Refusal {
  readonly key: string;
  readonly when: (value: unknown) => boolean;
  readonly because: string;
}

const isSet = (x: unknown) =>
  x !== null &&
  x !== undefined &&
  x !== false &&
  numberOf(x) !== 0 &&
  !(typeof x === 'string' && /^(false|none)$/i.test(x));
const isOff = (x: unknown) => x === false || numberOf(x) === 0 || (typeof x === 'string' && /^false$/i.test(x));

const refusals: readonly Refusal[] = [
  {
    key: 'reduction_supported',
    when: isOff,
    because:
      'partial sums could not be added up there, which changes what is read and written; ' +
      'magnet has reduction everywhere, so leave it out or bypass the outputs',
  },
  {
    key: 'allow_overbooking',
    when: isSet,
    because: 'tiles could exceed the memory and spill; magnet keeps to capacities, so give false',
  },
  { key: 'network_fill_latency', when: isSet, because: 'cycles of filling networks are not counted; give 0' },
  { key: 'network_drain_latency', when: isSet, because: 'cycles of draining networks are not counted; give 0' },
  {
    key: 'metadata_datawidth',
    when: isSet,
    because: 'metadata belong to sparse tensors; magnet counts dense work, so leave it out',
  },
  {
    key: 'per_dataspace_bandwidth_consumption_scale',
    when: (x) => Object.values(fieldsOf(x) ?? {}).some((v) => numberOf(v) !== 1),
    because: 'tensors take bandwidth word by word here; give 1 for each, or scale the bandwidth',
  },
];

/** What is charged apart from accesses and operations, in Timeloop by its networks. */
const networkEnergies = ['router_energy', 'wire_energy', 'energy_per_hop', 'ingress_energy', 'adder_energy'];

/** Where they are written, so once. The others may be any of Accelergy's components. */
export function checkAttributes(f: Findings, attributes: Fields, path: Path): void {
  refuseSlips(f, attributes, [...read, ...refusals.map((r) => r.key)], path);
  for (const { key, when, because } of refusals)
    if (key in attributes && when(attributes[key])) fault(f, 'not-covered', [...path, key], because);
  if (numberOf(attributes.min_utilization) > 0)
    note(f, [...path, 'min_utilization'], 'is not applied: the mapper looks at more mappings than Timeloop would');
  for (const key of networkEnergies)
    if (numberOf(attributes[key]) > 0) note(f, [...path, key], 'energy of networks is left out');
}
