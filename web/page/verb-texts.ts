// What each verb does, how its limits are written, and what its time is for; and what it begins with, as on the command line.

import type { VerbName } from '../work/question.js';

interface VerbTexts {
  readonly what: string;
  readonly limits: string;
  readonly time: string;
}

export const says: Readonly<Record<VerbName, VerbTexts>> = {
  map: {
    what: 'The best mapping of every layer on a machine, each with its proof.',
    limits:
      'latency=7.3ms of the network, latency@each=200us of every layer; energy, edp likewise; commas between them',
    time: 'for each layer, such as 10s or 2min',
  },
  schedule: {
    what: 'Which tensors stay in the global buffer, with a mapping for every run.',
    limits: 'latency=7.3ms or energy=3mJ of the network; commas between them',
    time: 'for the whole question, such as 1min',
  },
  codesign: {
    what: 'The best machine of a design space, with all mappings; or a front of machines.',
    limits: 'area=2mm2, latency=5ms, energy=3mJ; commas between them',
    time: 'for the whole search, such as 10min; for each search of a front',
  },
  prove: {
    what: 'Whether all limits can be met at once: mappings that show it, or the limits that exclude each other and how far each must move.',
    limits:
      'latency=10ms, energy=3mJ of the network, latency@conv1=50us of a layer, area=2mm2, pes>=4, weightBuffer<=64KB; commas between them',
    time: 'for the whole question, such as 1min',
  },
  compare: {
    what: 'Heuristics and solvers on the same layers in the same time, held against a proven bound.',
    limits: 'latency@each=200us of every layer, latency@conv1=200us of one; over a space also area=2mm2',
    time: 'for each run, such as 2s',
  },
  quantize: {
    what: "A trained network in the machine's integers as QDQ ONNX, with scales set by samples, and how far each layer is from real numbers.",
    limits: '',
    time: '',
  },
  accuracy: {
    what: "How many labelled samples a trained network gets right in real numbers and in the machine's integers, and what lies between.",
    limits: '',
    time: '',
  },
};

export const first: Readonly<Record<VerbName, { readonly time: string; readonly objective: string }>> = {
  map: { time: '60s', objective: 'layer-edp' },
  schedule: { time: '5min', objective: 'edp' },
  codesign: { time: '10min', objective: 'edp' },
  prove: { time: '10min', objective: '' },
  compare: { time: '10s', objective: 'layer-edp' },
  quantize: { time: '', objective: '' },
  accuracy: { time: '', objective: '' },
};
