// A compiled network as a C header: registers, addresses of tensors, the list of operations, and what runs them.

import { nth } from '../base/invariant.js';
import type { Accelerator } from '../rtl/accelerator.js';
import { blockOf } from '../rtl/registers.js';
import type { CompiledCopy, CompiledNetwork, WordsIn } from './compiled.js';

/** As `program.json` names the network and its machine. */
export interface Titles {
  readonly network: string;
  readonly design: string;
}

export function programHeader(
  { registers, hardware }: Accelerator,
  c: CompiledNetwork,
  { network, design }: Titles,
  ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): string {
  const copies = c.operations.filter((o): o is CompiledCopy => o.kind === 'copy');
  const maxLoops = [...copies.flatMap(({ from, to }) => [from, to]), ...c.tensors.map((t) => t.words)].reduce(
    (n, { loops }) => Math.max(n, loops.length),
    1,
  );
  const names = identifiers(c.tensors.map((t) => t.name));
  const defines: readonly (readonly [string, number | string])[] = [
    ['CAPABILITY', `0x${c.capability.toString(16).padStart(8, '0')}u`],
    ['REGISTER_CAPABILITY', blockOf(registers, 'capability').base],
    ['REGISTER_STATUS', blockOf(registers, 'status').base],
    ['WORD_BITS', hardware.inputBits],
    ['RECORD_WORDS', c.recordWords],
    ['RECORDS', c.records.length / c.recordWords],
    ['ACTIVATION_WORDS', c.activations.words],
    ['ACTIVATION_WORDS_GIVEN', c.activations.before.length],
    ['WEIGHT_WORDS', c.weights.words],
    ['MAX_LOOPS', maxLoops],
    ['OPERATIONS', listed(c).length],
    ...c.tensors.map(({ words }, i) => [`TENSOR_${nth(names, i)}`, words.base] as const),
  ];
  const tensor = (name: string) => {
    const i = c.tensors.findIndex((t) => t.name === name);
    return `  {${JSON.stringify(name)}, ${wordsText(nth(c.tensors, i).words)}}`;
  };
  return [
    `/* ${comment(`${network} on ${design}`)}. Addresses count words of a memory, registers are numbers of the register map. */`,
    '#ifndef MAGNET_NETWORK_H',
    '#define MAGNET_NETWORK_H',
    '#include <stdint.h>',
    '',
    ...defines.map(([name, value]) => `#define MAGNET_${name} ${value}`),
    '',
    types,
    '',
    // An array of C has one element at least.
    array(
      'struct magnet_copy',
      'copies',
      copies.length > 0 ? copies.map(copyText) : [copyText({ from: none, to: none })],
    ),
    array('struct magnet_operation', 'operations', listed(c)),
    array('struct magnet_tensor', 'inputs', ends.inputs.map(tensor)),
    array('struct magnet_tensor', 'outputs', ends.outputs.map(tensor)),
    '',
    driver,
    '#endif',
    '',
  ].join('\n');
}

const none: WordsIn = { memory: 'activations', base: 0, loops: [] };

const array = (type: string, name: string, items: readonly string[]): string =>
  `static const ${type} magnet_${name}[${items.length}] = {\n${items.join(',\n')}\n};`;

const comment = (text: string): string => text.replaceAll('*/', '* /').replace(/\s+/g, ' ');

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
        return o.programs.map(({ first, count }) => `  {MAGNET_RUN, ${first}, ${count}} ${note}`);
      case 'copy':
        return [`  {MAGNET_COPY, ${copies++}, 1} ${note}`];
      case 'host':
        return [`  {MAGNET_HOST, ${o.step}, 1} /* ${comment(`${o.operator} ${o.name}`)} */`];
    }
  });
}

const wordsText = ({ memory, base, loops }: WordsIn): string =>
  `{MAGNET_${memory.toUpperCase()}, ${base}, ${loops.length}, {${
    loops.length > 0 ? loops.map(({ size, stride }) => `{${size}, ${stride}}`).join(', ') : '{0, 0}'
  }}}`;

const copyText = ({ from, to }: Pick<CompiledCopy, 'from' | 'to'>): string =>
  `  {${wordsText(from)}, ${wordsText(to)}}`;

const types = `enum magnet_kind { MAGNET_RUN, MAGNET_COPY, MAGNET_HOST };
enum magnet_memory { MAGNET_ACTIVATIONS, MAGNET_WEIGHTS };
struct magnet_loop { uint32_t size; int32_t stride; };
/* Words in an order: loops outermost first, each so many words further at every turn. */
struct magnet_words { enum magnet_memory memory; uint32_t base; uint32_t loops; struct magnet_loop loop[MAGNET_MAX_LOOPS]; };
/* The k-th word of from becomes the k-th of to. */
struct magnet_copy { struct magnet_words from, to; };
/* A run: records first to first + count - 1. A copy: of magnet_copies. The host: the step of the graph. */
struct magnet_operation { enum magnet_kind kind; uint32_t first; uint32_t count; };
struct magnet_tensor { const char *name; struct magnet_words words; };`;

const driver = `/* What the integrator gives: registers, words of both memories, and the steps that are the host's own. */
struct magnet_port {
  void *context;
  /* value: RECORD_WORDS - 1 words, low word first. */
  void (*write)(void *context, uint32_t reg, const uint32_t *value);
  uint32_t (*read)(void *context, uint32_t reg);
  int32_t (*load)(void *context, enum magnet_memory memory, uint32_t word);
  void (*store)(void *context, enum magnet_memory memory, uint32_t word, int32_t value);
  int (*host)(void *context, uint32_t step);
};

/* The address of the k-th word. */
static inline uint32_t magnet_word(const struct magnet_words *w, uint32_t k) {
  uint32_t at = w->base;
  for (uint32_t i = w->loops; i-- > 0; k /= w->loop[i].size) at += (k % w->loop[i].size) * (uint32_t)w->loop[i].stride;
  return at;
}

static inline uint32_t magnet_count(const struct magnet_words *w) {
  uint32_t n = 1;
  for (uint32_t i = 0; i < w->loops; i++) n *= w->loop[i].size;
  return n;
}

/* Runs the network on what the memories hold: 0 when all is done, -1 where the machine is another, else what host returned. */
static inline int magnet_run(const struct magnet_port *p, const uint32_t *records) {
  for (uint32_t i = 0; i < MAGNET_OPERATIONS; i++) {
    const struct magnet_operation *o = &magnet_operations[i];
    if (o->kind == MAGNET_RUN) {
      const uint32_t *r = records + (uint64_t)o->first * MAGNET_RECORD_WORDS;
      for (uint32_t k = 0; k < o->count; k++, r += MAGNET_RECORD_WORDS) p->write(p->context, r[0], r + 1);
      if (!(p->read(p->context, MAGNET_REGISTER_STATUS) & 2)) return -1;
      while (p->read(p->context, MAGNET_REGISTER_STATUS) & 1) {}
    } else if (o->kind == MAGNET_COPY) {
      const struct magnet_copy *c = &magnet_copies[o->first];
      for (uint32_t k = 0, n = magnet_count(&c->from); k < n; k++)
        p->store(p->context, c->to.memory, magnet_word(&c->to, k), p->load(p->context, c->from.memory, magnet_word(&c->from, k)));
    } else {
      int failed = p->host(p->context, o->first);
      if (failed) return failed;
    }
  }
  return 0;
}
`;
