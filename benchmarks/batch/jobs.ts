// Job files of the benchmarks: many small jobs on a small machine, with layers that some of them share.

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

/** `layers` shapes, all different. */
export const network = (name: string, layers: number, from = 0): string =>
  `name: ${name}\nlayers:\n${Array.from({ length: layers }, (_, i) => `  - { name: l${i}, K: ${4 + 2 * ((from + i) % 5)}, C: ${2 + ((from + i) % 7)}, P: ${2 + Math.floor((from + i) / 35)}, R: 2 }\n`).join('')}`;

/** `count` jobs of two layers each: seeds tell them apart. */
export const smallJobs = (count: number): string => `
jobs:
  - kind: map
    network: small.yaml
    arch: tiny.yaml
    objective: [edp, energy]
    seed: [${Array.from({ length: count / 2 }, (_, i) => i).join(', ')}]
`;
