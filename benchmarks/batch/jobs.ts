// Job files of the benchmarks: many small jobs on a small machine, and layers that are all different.

export const arch = `
name: tiny
levels:
  - { name: DRAM, wordBits: 8, energyPerVectorAccess: { read: 64, fill: 64, update: 64 } }
  - name: Buffer
    sizeWords: 64
    wordBits: 8
    energyPerVectorAccess: { read: 1, fill: 1, update: 1 }
    fanoutX: 4
    dimsX: [K]
compute: { energyPerOp: 0.25 }
`;

/** `count` layers, no two of one shape: mixed, so that any stretch of them is like any other. */
const layers = (count: number, shapeOf: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `  - { name: l${i}, ${shapeOf((i * 37) % count)} }\n`).join('');

/** Of some ten multiplications to some hundreds. */
export const small = (name: string, count: number): string =>
  `name: ${name}\nlayers:\n${layers(count, (i) => `K: ${4 + 2 * (i % 5)}, C: ${2 + (i % 7)}, P: ${2 + Math.floor(i / 35)}, R: 2`)}`;

/** Convolutions as networks have them: 1x1 and 3x3, 16 to 80 channels, images of 7, 14 and 28. At most 150. */
export const convolutions = (name: string, count: number): string =>
  `name: ${name}\nlayers:\n${layers(count, (i) => {
    const [side, filter] = [7 * 2 ** (Math.floor(i / 25) % 3), 1 + 2 * (Math.floor(i / 75) % 2)];
    return `K: ${16 * (1 + (i % 5))}, C: ${16 * (1 + (Math.floor(i / 5) % 5))}, P: ${side}, Q: ${side}, R: ${filter}, S: ${filter}`;
  })}`;

/** A job for each layer of a network. */
export const jobPerLayer = (network: string, machine: string, count: number): string =>
  `jobs: [{ kind: map, network: ${network}, arch: ${machine}, layer: [${Array.from({ length: count }, (_, i) => `l${i}`).join(', ')}] }]`;

/** `count` jobs of two layers each: seeds tell them apart. */
export const smallJobs = (count: number): string => `
jobs:
  - kind: map
    network: small.yaml
    arch: tiny.yaml
    objective: [layer-edp, energy]
    seed: [${Array.from({ length: count / 2 }, (_, i) => i).join(', ')}]
`;
