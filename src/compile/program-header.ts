// A compiled network as a C header: registers, addresses of tensors and the list of operations, for the driver.

import { invariant } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { Accelerator } from '../rtl/accelerator.js';
import { axiByte, axiOwnByte } from '../rtl/axi.js';
import { blockOf } from '../rtl/registers.js';
import type { CompiledCopy, CompiledNetwork, WordsIn } from './compiled.js';

/** As `program.json` names the network and its machine. */
export interface Titles {
  readonly network: string;
  readonly design: string;
}

/** MAGNET_MAX_LOOPS of the driver. */
const maxLoops = 16;

export function programHeader(
  { registers, hardware }: Accelerator,
  c: CompiledNetwork,
  { network, design }: Titles,
  wordBytes: number,
  ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): string {
  const bits = hardware.inputBits;
  const copies = c.operations.filter((o): o is CompiledCopy => o.kind === 'copy');
  const places = [
    ...copies.flatMap(({ from, to }) => [from, to]),
    ...c.tensors.flatMap((t) => [t.words, ...(t.upper ?? [])]),
  ];
  invariant(
    places.every(({ loops }) => loops.length <= maxLoops),
    'a place in memory has more loops than the driver walks',
  );
  const names = identifiers(c.tensors.map((t) => t.name));
  const operations = listed(c);
  // Of a sum every piece is a tensor, the lowest first.
  const pieces = (name: string): readonly string[] => {
    const { words, upper = [] } = nth(
      c.tensors,
      c.tensors.findIndex((t) => t.name === name),
    );
    return [words, ...upper].map(
      (of, k) => `  {${stringText(k > 0 ? `${name} bits from ${k * bits}` : name)}, ${wordsText(of)}}`,
    );
  };
  const [inputs, outputs] = [ends.inputs.flatMap(pieces), ends.outputs.flatMap(pieces)];
  const fields: readonly (readonly [string, number | string])[] = [
    ['capability', `0x${c.capability.toString(16).padStart(8, '0')}u`],
    ['capability_register', blockOf(registers, 'capability').base],
    ['status_register', blockOf(registers, 'status').base],
    ['register_bytes', axiByte(hardware, 1)],
    ['bus_byte', axiOwnByte(hardware, 'activation_base_low')],
    ['word_bytes', wordBytes],
    ['record_words', c.recordWords],
    ['activation_words', `${c.activations.words}u`],
    ['activation_words_given', `${c.activations.before.length}u`],
    ['weight_words', `${c.weights.words}u`],
    ['operations', operations.length],
    ['inputs', inputs.length],
    ['outputs', outputs.length],
    ['operation', 'magnet_operations'],
    // An array of C has one element at least.
    ['copy', copies.length > 0 ? 'magnet_copies' : 0],
    ['input', 'magnet_inputs'],
    ['output', 'magnet_outputs'],
  ];
  return [
    `/* ${comment(`${network} on ${design}`)}. Addresses count words of a memory. To be included in one file of a program. */`,
    '#ifndef MAGNET_NETWORK_H',
    '#define MAGNET_NETWORK_H',
    '#include "magnet_driver.h"',
    '',
    '/* First words of tensors; of unsigned ones a number is the word, its top bit flipped. */',
    ...c.tensors.map(
      ({ words, unsigned }, i) =>
        `#define MAGNET_TENSOR_${nth(names, i)} ${words.base}${unsigned ? ' /* unsigned */' : ''}`,
    ),
    '',
    ...(copies.length > 0 ? [array('struct magnet_copy', 'copies', copies.map(copyText))] : []),
    array('struct magnet_operation', 'operations', operations),
    array('struct magnet_tensor', 'inputs', inputs),
    array('struct magnet_tensor', 'outputs', outputs),
    '',
    `static const struct magnet_network magnet_network = {\n${fields.map(([name, value]) => `  .${name} = ${value}`).join(',\n')}\n};`,
    '#endif',
    '',
  ].join('\n');
}

const array = (type: string, name: string, items: readonly string[]): string =>
  `static const ${type} magnet_${name}[${items.length}] = {\n${items.join(',\n')}\n};`;

const comment = (text: string): string => text.replaceAll('*/', '* /').replaceAll('/*', '/ *').replace(/\s+/g, ' ');

/** A string of C, in bytes of UTF-8: a question mark could begin a trigraph. */
const stringText = (text: string): string =>
  `"${[...new TextEncoder().encode(text)]
    .map((byte) =>
      byte < 32 || byte > 126 || '"?\\'.includes(String.fromCharCode(byte))
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
    )
    .join('')}"`;

/** Names of tensors as C has names, each once. */
function identifiers(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
    let found = plain;
    for (let i = 2; taken.has(found); i++) found = `${plain}_${i}`;
    taken.add(found);
    return found;
  });
}

/** A row for each program of a run, for each copy, and for each step of the host. */
function listed({ operations }: CompiledNetwork): readonly string[] {
  let copies = 0;
  return operations.flatMap((o) => {
    const note = `/* ${comment(o.name)} */`;
    switch (o.kind) {
      case 'run':
        return o.programs.map(({ first, count, ahead }) => `  {MAGNET_RUN, ${first}, ${count}, ${ahead}} ${note}`);
      case 'copy':
        return [`  {MAGNET_COPY, ${copies++}, 1, 0} ${note}`];
      case 'host':
        return [`  {MAGNET_HOST, ${o.step}, 1, 0} /* ${comment(`${o.operator} ${o.name}`)} */`];
    }
  });
}

const wordsText = ({ memory, base, loops }: WordsIn): string =>
  `{MAGNET_${memory.toUpperCase()}, ${base}, ${loops.length}, {${
    loops.length > 0 ? loops.map(({ size, stride }) => `{${size}, ${stride}}`).join(', ') : '{0, 0}'
  }}}`;

const copyText = ({ from, to }: Pick<CompiledCopy, 'from' | 'to'>): string =>
  `  {${wordsText(from)}, ${wordsText(to)}}`;
