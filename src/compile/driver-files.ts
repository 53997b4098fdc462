// The driver of compiled networks in C, for a machine on AXI: the same two files for every network and every machine.

/** C99 without a library: what the platform gives stands in `struct magnet_io`. */
export const driverHeader = `/* Runs compiled networks on a machine on AXI (magnet rtl --bus axi). C99 without a library. */
#ifndef MAGNET_DRIVER_H
#define MAGNET_DRIVER_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Loops of a place in memory, at most. */
#define MAGNET_MAX_LOOPS 16

enum magnet_memory { MAGNET_ACTIVATIONS, MAGNET_WEIGHTS };
struct magnet_loop { uint32_t size; int32_t stride; };
/* Words in an order: loops outermost first, each so many words further at every turn. */
struct magnet_words { enum magnet_memory memory; uint32_t base; uint32_t loops; struct magnet_loop loop[MAGNET_MAX_LOOPS]; };
struct magnet_tensor { const char *name; struct magnet_words words; };
/* The k-th word of from becomes the k-th of to. */
struct magnet_copy { struct magnet_words from, to; };
enum magnet_kind { MAGNET_RUN, MAGNET_COPY, MAGNET_HOST };
/* A run: records first to first + count - 1, the first ahead of them also while the run before goes on. A copy: the
   first-th. The host: step first of the graph. */
struct magnet_operation { enum magnet_kind kind; uint32_t first; uint32_t count; uint32_t ahead; };

/* A compiled network: network.h defines one, magnet_network. */
struct magnet_network {
  /* The machine that it was compiled for, and registers by number. */
  uint32_t capability, capability_register, status_register;
  /* On AXI4-Lite: bytes from one register to the next, and the first byte of the registers of the bus. */
  uint32_t register_bytes, bus_byte;
  /* Bytes of a word of both memories, and words of 32 bits of a record. */
  uint32_t word_bytes, record_words;
  /* Words that each memory has, and of activations those that activations.bin gives; weights.bin gives all. */
  uint32_t activation_words, activation_words_given, weight_words;
  uint32_t operations, inputs, outputs;
  const struct magnet_operation *operation;
  const struct magnet_copy *copy;
  const struct magnet_tensor *input, *output;
};

/* What the platform gives. The machine and this processor see the same words in memory: it is coherent or not cached. */
struct magnet_io {
  void *context;
  /* A word of 32 bits of the AXI4-Lite slave, by its byte; in the order of the calls. */
  void (*write32)(void *context, uint32_t byte, uint32_t value);
  uint32_t (*read32)(void *context, uint32_t byte);
  /* Returns once the interrupt is high, or earlier; 0 where there is no interrupt, and the driver reads until a run has ended. */
  void (*wait)(void *context);
  /* A step that is the host's own, on tensors as program.json names them: not 0 ends the run with it. 0 where there is none. */
  int (*host)(void *context, uint32_t step);
  /* Both memories as this processor sees them, and as the machine does: multiples of a word. */
  unsigned char *activations, *weights;
  uint64_t activation_base, weight_base;
  /* records.bin. */
  const unsigned char *records;
};

enum magnet_result {
  MAGNET_DONE = 0,
  /* The network was compiled for another machine. */
  MAGNET_OTHER_MACHINE = -1,
  /* A read or a write of a run was answered with an error. */
  MAGNET_READ_FAILED = -2,
  MAGNET_WRITE_FAILED = -3,
  /* There is a step of the host, and no function for it. */
  MAGNET_NO_HOST = -4
};

/* Fills both memories, once: with activations.bin and zeros behind it, and with weights.bin. */
void magnet_load(const struct magnet_network *n, const struct magnet_io *io, const unsigned char *activations,
                 const unsigned char *weights);
/* Words of a tensor, at most 2^32 - 1. */
uint32_t magnet_count(const struct magnet_words *words);
/* Stores an input, or reads an output: its words in the order of ONNX. */
void magnet_put(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_tensor *tensor, const int32_t *values);
void magnet_get(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_tensor *tensor, int32_t *values);
/* Runs the network on what the memories hold: a magnet_result, or what host returned. Again for the next input. */
int magnet_run(const struct magnet_network *n, const struct magnet_io *io);

#ifdef __cplusplus
}
#endif
#endif
`;

export const driverSource = `/* See magnet_driver.h. */
#include "magnet_driver.h"

/* Registers of the bus, in words from bus_byte on, and bits of them. */
enum { ACTIVATION_BASE = 0, WEIGHT_BASE = 2, BUS_STATUS = 4, INTERRUPT_ENABLE = 5 };
enum { READ_FAILED = 2, WRITE_FAILED = 4, ENDED = 8, EVENTS = 14 };
/* Of status: the program was made for this machine. */
enum { ACCEPTED = 2 };

/* The words of a place one after the other: which it is at, and the turn of every loop. */
struct walk { const struct magnet_words *words; uint32_t at; uint32_t turn[MAGNET_MAX_LOOPS]; };

static void walk_begin(struct walk *w, const struct magnet_words *words) {
  uint32_t i;
  w->words = words;
  w->at = words->base;
  for (i = 0; i < words->loops; i++) w->turn[i] = 0;
}

static void walk_on(struct walk *w) {
  uint32_t i;
  for (i = w->words->loops; i-- > 0;) {
    const struct magnet_loop *loop = &w->words->loop[i];
    w->at += (uint32_t)loop->stride;
    if (++w->turn[i] < loop->size) return;
    w->turn[i] = 0;
    w->at -= loop->size * (uint32_t)loop->stride;
  }
}

static unsigned char *place(const struct magnet_network *n, const struct magnet_io *io, const struct walk *w) {
  unsigned char *memory = w->words->memory == MAGNET_WEIGHTS ? io->weights : io->activations;
  return memory + (uint64_t)w->at * n->word_bytes;
}

/* The k-th word of 32 bits of records.bin, whatever the order of bytes of this processor. */
static uint32_t record_word(const struct magnet_io *io, uint64_t k) {
  const unsigned char *b = io->records + 4 * k;
  return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void write_bus(const struct magnet_network *n, const struct magnet_io *io, uint32_t word, uint32_t value) {
  io->write32(io->context, n->bus_byte + 4 * word, value);
}

static uint32_t read_bus(const struct magnet_network *n, const struct magnet_io *io, uint32_t word) {
  return io->read32(io->context, n->bus_byte + 4 * word);
}

static void write_base(const struct magnet_network *n, const struct magnet_io *io, uint32_t word, uint64_t base) {
  write_bus(n, io, word, (uint32_t)base);
  write_bus(n, io, word + 1, (uint32_t)(base >> 32));
}

/* A register takes its value with its lowest word, which goes last; words above that are not written are 0. */
static void write_record(const struct magnet_network *n, const struct magnet_io *io, uint64_t record) {
  uint64_t first = record * n->record_words;
  uint32_t byte = record_word(io, first) * n->register_bytes;
  uint32_t word;
  for (word = n->record_words - 1; word-- > 0;) {
    uint32_t value = record_word(io, first + 1 + word);
    if (word == 0 || value != 0) io->write32(io->context, byte + 4 * word, value);
  }
}

static void write_records(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_operation *o,
                          uint32_t from, uint32_t to) {
  for (; from < to; from++) write_record(n, io, (uint64_t)o->first + from);
}

/* What may go ahead of a run was written while the one before went on; so is it for the next one, 0 where there is none. */
static int run_program(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_operation *o,
                       const struct magnet_operation *next) {
  uint32_t status;
  write_records(n, io, o, o->ahead, o->count);
  if (!(io->read32(io->context, n->status_register * n->register_bytes) & ACCEPTED)) return MAGNET_OTHER_MACHINE;
  if (next) write_records(n, io, next, 0, next->ahead);
  do {
    if (io->wait) io->wait(io->context);
    status = read_bus(n, io, BUS_STATUS);
  } while (!(status & ENDED));
  write_bus(n, io, BUS_STATUS, EVENTS);
  if (status & READ_FAILED) return MAGNET_READ_FAILED;
  if (status & WRITE_FAILED) return MAGNET_WRITE_FAILED;
  return MAGNET_DONE;
}

static void run_copy(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_copy *c) {
  struct walk from, to;
  uint32_t left, b;
  walk_begin(&from, &c->from);
  walk_begin(&to, &c->to);
  for (left = magnet_count(&c->from); left > 0; left--) {
    const unsigned char *read = place(n, io, &from);
    unsigned char *written = place(n, io, &to);
    for (b = 0; b < n->word_bytes; b++) written[b] = read[b];
    walk_on(&from);
    walk_on(&to);
  }
}

void magnet_load(const struct magnet_network *n, const struct magnet_io *io, const unsigned char *activations,
                 const unsigned char *weights) {
  uint64_t given = (uint64_t)n->activation_words_given * n->word_bytes;
  uint64_t all = (uint64_t)n->activation_words * n->word_bytes;
  uint64_t k;
  for (k = 0; k < all; k++) io->activations[k] = k < given ? activations[k] : 0;
  all = (uint64_t)n->weight_words * n->word_bytes;
  for (k = 0; k < all; k++) io->weights[k] = weights[k];
}

uint32_t magnet_count(const struct magnet_words *words) {
  uint32_t count = 1, i;
  for (i = 0; i < words->loops; i++) count *= words->loop[i].size;
  return count;
}

void magnet_put(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_tensor *tensor, const int32_t *values) {
  struct walk w;
  uint32_t k, count = magnet_count(&tensor->words), b;
  walk_begin(&w, &tensor->words);
  for (k = 0; k < count; k++, walk_on(&w)) {
    unsigned char *to = place(n, io, &w);
    for (b = 0; b < n->word_bytes; b++) to[b] = (unsigned char)((uint32_t)values[k] >> 8 * b);
  }
}

void magnet_get(const struct magnet_network *n, const struct magnet_io *io, const struct magnet_tensor *tensor, int32_t *values) {
  struct walk w;
  uint32_t k, count = magnet_count(&tensor->words), b;
  int64_t sign = (int64_t)1 << (8 * n->word_bytes - 1);
  walk_begin(&w, &tensor->words);
  for (k = 0; k < count; k++, walk_on(&w)) {
    const unsigned char *from = place(n, io, &w);
    uint32_t word = 0;
    for (b = 0; b < n->word_bytes; b++) word |= (uint32_t)from[b] << 8 * b;
    values[k] = (int32_t)(((int64_t)word ^ sign) - sign);
  }
}

/* The first run from an operation on; 0 where there is none. */
static const struct magnet_operation *run_from(const struct magnet_network *n, uint32_t i) {
  for (; i < n->operations; i++)
    if (n->operation[i].kind == MAGNET_RUN) return &n->operation[i];
  return 0;
}

int magnet_run(const struct magnet_network *n, const struct magnet_io *io) {
  uint32_t i;
  if (io->read32(io->context, n->capability_register * n->register_bytes) != n->capability) return MAGNET_OTHER_MACHINE;
  write_base(n, io, ACTIVATION_BASE, io->activation_base);
  write_base(n, io, WEIGHT_BASE, io->weight_base);
  write_bus(n, io, INTERRUPT_ENABLE, io->wait ? 1 : 0);
  write_bus(n, io, BUS_STATUS, EVENTS);
  for (i = 0; i < n->operations; i++) {
    const struct magnet_operation *o = &n->operation[i];
    int result = MAGNET_DONE;
    if (o->kind == MAGNET_RUN) result = run_program(n, io, o, run_from(n, i + 1));
    else if (o->kind == MAGNET_COPY) run_copy(n, io, &n->copy[o->first]);
    else result = io->host ? io->host(io->context, o->first) : MAGNET_NO_HOST;
    if (result != MAGNET_DONE) return result;
  }
  return MAGNET_DONE;
}
`;
