// The built-in networks, in one list, and looking one up by name.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import type { Network } from '../model/workload/network.js';
import { alexnet } from './networks/alexnet.js';
import { bertBase } from './networks/bert-base.js';
import { lenet } from './networks/lenet.js';
import { mobilenetv2 } from './networks/mobilenetv2.js';
import { pilotnet } from './networks/pilotnet.js';
import { resnet50 } from './networks/resnet50.js';
import { vgg16 } from './networks/vgg16.js';
import type { Sketch } from './network-sketch.js';

export const sketches: readonly Sketch[] = [alexnet, resnet50, pilotnet, vgg16, mobilenetv2, bertBase, lenet];

export const builtinNames: readonly string[] = sketches.map(({ name }) => name);

export const findSketch = (name: string): Sketch | undefined =>
  sketches.find((sketch) => sketch.name === name.toLowerCase());

/** The built-in network of that name; capitals do not matter. */
export function findNetwork(name: string): Parsed<Network> {
  const found = findSketch(name);
  return found ? parsed(found.network) : refuse('unknown-name', [], unknownName('network', name, builtinNames));
}
