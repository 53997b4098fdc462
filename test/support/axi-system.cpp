// A system around the machine on AXI, under Verilator: two memories behind AXI4 that hold the machine to the rules of
// the bus, and a processor that runs a compiled network with the generated driver, which is a library for dlopen.
//
// system LIBRARY PROGRAM INPUTS ACTIVATIONS STALLS LATENCY SEED WAY: inputs as words of 32 bits one after the other;
// what activations are is written behind each run and once more at the end; stalls are per cent of cycles, latency a max of cycles; WAY is irq or poll.

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "Vmagnet_axi.h"
#include "magnet_driver.h"
#include "verilated.h"

using Bytes = std::vector<unsigned char>;

[[noreturn]] static void fail(const std::string &why) {
  std::printf("FAIL %s\n", why.c_str());
  std::exit(1);
}

static Bytes bytesOf(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("no file " + path);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

static unsigned stalls, latency;
static uint64_t cycle;
static uint64_t state;

static unsigned below(unsigned n) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<unsigned>(state >> 33) % n;
}
static bool flows() { return below(100) >= stalls; }
static uint64_t late() { return latency == 0 ? 0 : below(latency + 1); }

/** What lies around reads as 0, and nobody may write it. */
struct Memory {
  uint64_t base;
  Bytes bytes;
};

/** An offer that was not taken stands in the next cycle as it was. */
struct Steadfast {
  const char *what;
  bool waits = false;
  Bytes held;
  template <class... Part> void look(bool offered, bool taken, const Part &...parts) {
    Bytes now;
    (now.insert(now.end(), reinterpret_cast<const unsigned char *>(&parts),
                reinterpret_cast<const unsigned char *>(&parts) + sizeof parts),
     ...);
    if (waits && (!offered || now != held)) fail(std::string(what) + " changed before it was taken");
    waits = offered && !taken;
    held = now;
  }
};

struct Burst {
  uint64_t address;
  unsigned beats;
  uint64_t due;
};

static Burst burstOf(uint64_t address, unsigned length, unsigned size, unsigned kind, unsigned log) {
  const uint64_t end = address + ((uint64_t(length) + 1) << log) - 1;
  if (size != log || kind != 1) fail("a burst is not of whole beats at rising addresses");
  if (address & ((1u << log) - 1)) fail("a burst begins within a beat");
  if (address / 4096 != end / 4096) fail("a burst crosses a multiple of 4,096 bytes");
  return {address, length + 1, cycle + 1 + late()};
}

static unsigned logOf(size_t bytes) {
  unsigned log = 0;
  while ((size_t(1) << log) < bytes) log++;
  return log;
}

static const size_t depth = 16;

/** Ports are those of the model, by reference. */
template <class Data> struct Reads {
  Memory &memory;
  CData &arvalid, &arready;
  QData &araddr;
  CData &arlen, &arsize, &arburst, &rvalid, &rready, &rlast;
  Data &rdata;
  Steadfast steady{"a read address"};
  std::deque<Burst> asked;
  unsigned beat = 0;
  bool offered = false;

  void drive() {
    // An answer that was offered stays.
    rvalid = offered || (!asked.empty() && asked.front().due <= cycle && flows());
    if (rvalid) {
      unsigned char bytes[sizeof(Data)];
      for (size_t i = 0; i < sizeof(Data); i++) {
        const uint64_t at = asked.front().address + beat * sizeof(Data) + i - memory.base;
        bytes[i] = at < memory.bytes.size() ? memory.bytes[at] : 0;
      }
      std::memcpy(&rdata, bytes, sizeof(Data));
      rlast = beat + 1 == asked.front().beats;
    }
    arready = asked.size() < depth && flows();
  }
  void sample() {
    offered = rvalid && !rready;
    if (rvalid && rready && ++beat == asked.front().beats) {
      asked.pop_front();
      beat = 0;
    }
    steady.look(arvalid, arready, araddr, arlen);
    if (arvalid && arready) asked.push_back(burstOf(araddr, arlen, arsize, arburst, logOf(sizeof(Data))));
  }
};

template <class Data, class Strobes> struct Writes {
  Memory &memory;
  CData &awvalid, &awready;
  QData &awaddr;
  CData &awlen, &awsize, &awburst, &wvalid, &wready, &wlast, &bvalid, &bready;
  Data &wdata;
  Strobes &wstrb;
  Steadfast steadyAddress{"a write address"}, steadyData{"write data"};
  struct Beat {
    Data data;
    uint64_t strobes;
    bool last;
  };
  std::deque<Burst> asked;
  std::deque<Beat> beats;
  std::deque<uint64_t> done;
  bool offered = false;

  void drive() {
    bvalid = offered || (!done.empty() && done.front() <= cycle && flows());
    awready = asked.size() < depth && flows();
    wready = beats.size() < depth && flows();
  }
  void sample() {
    offered = bvalid && !bready;
    if (bvalid && bready) done.pop_front();
    steadyAddress.look(awvalid, awready, awaddr, awlen);
    steadyData.look(wvalid, wready, wlast, wdata, wstrb);
    if (awvalid && awready) asked.push_back(burstOf(awaddr, awlen, awsize, awburst, logOf(sizeof(Data))));
    if (wvalid && wready) beats.push_back({wdata, wstrb, wlast != 0});
    while (!asked.empty() && beats.size() >= asked.front().beats) store();
  }
  void store() {
    const Burst burst = asked.front();
    asked.pop_front();
    for (unsigned b = 0; b < burst.beats; b++) {
      const Beat beat = beats.front();
      beats.pop_front();
      if (beat.last != (b + 1 == burst.beats)) fail("the last beat of a burst is not where its length says");
      unsigned char bytes[sizeof(Data)];
      std::memcpy(bytes, &beat.data, sizeof(Data));
      for (size_t i = 0; i < sizeof(Data); i++) {
        if (!(beat.strobes >> i & 1)) continue;
        const uint64_t at = burst.address + b * sizeof(Data) + i - memory.base;
        if (at >= memory.bytes.size()) fail("a write beside the memory");
        memory.bytes[at] = bytes[i];
      }
    }
    done.push_back(cycle + 1 + late());
  }
};
template <class D> Reads(Memory &, CData &, CData &, QData &, CData &, CData &, CData &, CData &, CData &, CData &, D &) -> Reads<D>;
template <class D, class S>
Writes(Memory &, CData &, CData &, QData &, CData &, CData &, CData &, CData &, CData &, CData &, CData &, CData &, D &, S &) -> Writes<D, S>;

#define READS(c, memory)                                                                                             \
  Reads{memory, top.m_axi_##c##_arvalid, top.m_axi_##c##_arready, top.m_axi_##c##_araddr, top.m_axi_##c##_arlen,     \
        top.m_axi_##c##_arsize, top.m_axi_##c##_arburst, top.m_axi_##c##_rvalid, top.m_axi_##c##_rready,             \
        top.m_axi_##c##_rlast, top.m_axi_##c##_rdata}

static Vmagnet_axi top;
// Above 4 GB; a few words further on, so that beats of the bus begin within words of the network.
static Memory activations{0x345678f00u, {}}, weights{0x900000a00u, {}};
static auto inputs = READS(input, activations);
static auto weightReads = READS(weight, weights);
static auto residuals = READS(residual, activations);
static auto outputs =
    Writes{activations, top.m_axi_output_awvalid, top.m_axi_output_awready, top.m_axi_output_awaddr, top.m_axi_output_awlen,
           top.m_axi_output_awsize, top.m_axi_output_awburst, top.m_axi_output_wvalid, top.m_axi_output_wready,
           top.m_axi_output_wlast, top.m_axi_output_bvalid, top.m_axi_output_bready, top.m_axi_output_wdata, top.m_axi_output_wstrb};

static struct { bool aw, w, b, ar, r; } took;

static void tick() {
  inputs.drive();
  weightReads.drive();
  residuals.drive();
  outputs.drive();
  top.eval();
  inputs.sample();
  weightReads.sample();
  residuals.sample();
  outputs.sample();
  took.aw = top.s_axi_awvalid && top.s_axi_awready;
  took.w = top.s_axi_wvalid && top.s_axi_wready;
  took.b = top.s_axi_bvalid && top.s_axi_bready;
  took.ar = top.s_axi_arvalid && top.s_axi_arready;
  took.r = top.s_axi_rvalid && top.s_axi_rready;
  top.aclk = 1;
  top.eval();
  top.aclk = 0;
  top.eval();
  cycle++;
}

static const magnet_network *network;
static std::ofstream snapshots;
/** From the machine's taking a program until its end is acknowledged; writes of registers meanwhile, while it goes on. */
static bool running = false;
static unsigned ahead = 0;

static void snapshot() {
  snapshots.write(reinterpret_cast<const char *>(activations.bytes.data()), static_cast<std::streamsize>(activations.bytes.size()));
}

static void write32(void *, uint32_t byte, uint32_t value) {
  if (running && byte < network->bus_byte && !top.irq) ahead++;
  // The third register of the bus has two words of each base before it.
  if (running && byte == network->bus_byte + 16) {
    running = false;
    snapshot();
  }
  top.s_axi_awaddr = byte;
  top.s_axi_wdata = value;
  top.s_axi_wstrb = 15;
  bool address = true, data = true;
  for (int left = 10000; left > 0; left--) {
    if (address && flows()) top.s_axi_awvalid = 1;
    if (data && flows()) top.s_axi_wvalid = 1;
    const bool failed = top.s_axi_bresp != 0;
    tick();
    if (took.aw) top.s_axi_awvalid = address = false;
    if (took.w) top.s_axi_wvalid = data = false;
    if (!took.b) continue;
    if (failed) fail("the write to byte " + std::to_string(byte) + " was refused");
    return;
  }
  fail("the write to byte " + std::to_string(byte) + " was not answered");
}

static uint32_t read32(void *, uint32_t byte) {
  if (byte == network->status_register * network->register_bytes) running = true;
  top.s_axi_araddr = byte;
  top.s_axi_arvalid = 1;
  for (int left = 10000; left > 0; left--) {
    const uint32_t value = top.s_axi_rdata;
    tick();
    if (took.ar) top.s_axi_arvalid = 0;
    if (took.r) return value;
  }
  fail("the read of byte " + std::to_string(byte) + " was not answered");
}

static void waitForInterrupt(void *) {
  for (int left = 20000000; !top.irq; left--) {
    if (left == 0) fail("no interrupt");
    tick();
  }
}

static int host(void *, uint32_t step) {
  std::printf("HOST %u\n", step);
  return 0;
}

static void *library;
template <class F> static F *named(const char *name) {
  void *found = dlsym(library, name);
  if (!found) fail(std::string("no function ") + name);
  return reinterpret_cast<F *>(found);
}

int main(int argc, char **argv) {
  if (argc != 9) fail("eight arguments");
  const std::string folder = argv[2];
  stalls = static_cast<unsigned>(std::atoi(argv[5]));
  latency = static_cast<unsigned>(std::atoi(argv[6]));
  state = static_cast<uint64_t>(std::atoi(argv[7]));
  library = dlopen(argv[1], RTLD_NOW);
  if (!library) fail(dlerror());
  network = named<const magnet_network *()>("program")();
  snapshots.open(argv[4], std::ios::binary);
  const Bytes records = bytesOf(folder + "/records.bin");
  activations.base += 3 * network->word_bytes;
  weights.base += 3 * network->word_bytes;
  // Whatever the memories held before.
  activations.bytes.assign(size_t(network->activation_words) * network->word_bytes, 0xa5);
  weights.bytes.assign(size_t(network->weight_words) * network->word_bytes, 0xa5);
  magnet_io io{};
  io.write32 = write32;
  io.read32 = read32;
  io.wait = std::string(argv[8]) == "irq" ? waitForInterrupt : nullptr;
  io.host = host;
  io.activations = activations.bytes.data();
  io.weights = weights.bytes.data();
  io.activation_base = activations.base;
  io.weight_base = weights.base;
  io.records = records.data();
  const Bytes firstActivations = bytesOf(folder + "/activations.bin"), firstWeights = bytesOf(folder + "/weights.bin");
  named<decltype(magnet_load)>("magnet_load")(network, &io, firstActivations.data(), firstWeights.data());

  top.aresetn = 0;
  top.s_axi_bready = top.s_axi_rready = 1;
  for (int i = 0; i < 3; i++) tick();
  top.aresetn = 1;
  tick();

  const Bytes given = bytesOf(argv[3]);
  const auto *words = reinterpret_cast<const int32_t *>(given.data());
  size_t left = given.size() / sizeof *words;
  for (uint32_t i = 0; i < network->inputs; i++) {
    const uint32_t count = named<decltype(magnet_count)>("magnet_count")(&network->input[i].words);
    if (count > left) fail("too few inputs");
    named<decltype(magnet_put)>("magnet_put")(network, &io, &network->input[i], words);
    words += count;
    left -= count;
  }
  const int result = named<decltype(magnet_run)>("magnet_run")(network, &io);
  std::printf("RESULT %d\n", result);
  for (uint32_t i = 0; i < network->outputs; i++) {
    std::vector<int32_t> values(named<decltype(magnet_count)>("magnet_count")(&network->output[i].words));
    named<decltype(magnet_get)>("magnet_get")(network, &io, &network->output[i], values.data());
    std::printf("OUTPUT");
    for (int32_t value : values) std::printf(" %d", value);
    std::printf("\n");
  }
  std::printf("CYCLES %llu\n", static_cast<unsigned long long>(cycle));
  std::printf("AHEAD %u\n", ahead);
  snapshot();
  snapshots.close();
  top.final();
  return result == MAGNET_DONE ? 0 : 2;
}
