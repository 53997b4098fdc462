// The networks and machines of the table of whole networks, and where the files of some of them lie.

import { unet } from './unet.js';

const folder = (variable: string, usual: string): string =>
  process.env[variable] ?? new URL(`../../../shared/${usual}`, import.meta.url).pathname;
const models = folder('MAGNET_MODELS', 'models');
const trained = folder('MAGNET_TRAINED', 'trained');

export interface NetworkCase {
  readonly name: string;
  /** A built-in network, a file, or a file that is made. */
  readonly given: string | (() => Uint8Array);
  /** Weights are drawn: those of its file are all the same. */
  readonly drawn?: boolean;
}

export const networkCases: readonly NetworkCase[] = [
  { name: 'lenet', given: 'lenet' },
  { name: 'pilotnet', given: 'pilotnet' },
  { name: 'digits_resnet (trained)', given: `${trained}/digits_resnet.onnx` },
  { name: 'fashion_resnet8 (trained)', given: `${trained}/fashion_resnet8.onnx` },
  { name: 'fashion_squeeze (trained)', given: `${trained}/fashion_squeeze.onnx` },
  { name: 'U-Net of benchmarks/networks/unet.ts', given: unet },
  { name: 'squeezenet (ONNX zoo, weights drawn)', given: `${models}/light_squeezenet.onnx`, drawn: true },
  { name: 'mobilenetv2', given: 'mobilenetv2' },
  { name: 'resnet50', given: 'resnet50' },
];

/** `simba` with so many PEs a side, as a machine file, and one small layer: what a design must have; all else is mapped when it is run. */
export const simbaFile = (side: number): string => `template: {base: simba, rows: ${side}, columns: ${side}}\n`;
export const smallLayer = 'name: small\nlayers:\n  - { name: small, K: 8, C: 8 }\n';

/** The machine of the main job is found by a co-design, whose design file has its mappings. */
export const winnerAsked = ['resnet50', '--space', 'magnet-quick', '--limit', 'area=3mm2'];
export const machineNames = ['simba 2x2', 'simba 4x4', 'winner'] as const;
export type MachineName = (typeof machineNames)[number];
