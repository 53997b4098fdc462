// What `magnet map` can be asked for.

import * as types from '../interchange/value-types.js';
import { networkObjectives } from '../model/cost/network-goal.js';
import { solverNames } from '../tuner/solver-names.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { inResults, networkCostsText, onlyIn, shared, workloadForms } from './shared.js';

/** What `magnet map` can be asked for, as data. */
export const mapVerb = defineVerb({
  name: 'map',
  summary: 'find the best mapping of every layer of a workload, and prove it',
  arguments: [{ name: 'workload', help: workloadForms, form: 'one', example: 'resnet50' }],
  job: 'network',
  options: {
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: "preset, architecture file (ours or Timeloop's) or design file (a case brings its own)",
      changesAnswer: true,
      example: 'simba',
      file: 'read',
    },
    constraints: shared.constraints,
    objective: {
      type: types.oneOf('objective', networkObjectives),
      short: 'o',
      placeholder: 'objective',
      help:
        `what to minimise: ${networkObjectives.join(', ')}; layer-edp and ed2p are summed over the layers, each mapped on ` +
        'its own, and edp is energy x delay of the whole network',
      default: 'layer-edp',
      changesAnswer: true,
      example: 'energy',
    },
    limit: {
      type: types.texts,
      placeholder: 'name=value[unit]',
      help:
        `upper limit (repeatable): latency=7.3ms of the network as a whole, latency@each=200us of every layer, ` +
        `latency@LAYER=200us of one; ${networkCostsText}; or area (mm2, um2) of the chip`,
      changesAnswer: true,
      example: 'latency@each=200us',
    },
    padding: shared.padding,
    diagonal: shared.diagonal,
    folds: shared.folds,
    layersOnly: shared.layersOnly,
    keepAll: shared.keepAll,
    gap: {
      type: types.share,
      help: 'gap between mapping and bound at which a layer counts as proved: 1%, 0.01',
      default: 1e-4,
      changesAnswer: true,
      example: '1%',
    },
    timeLimit: {
      type: types.duration,
      help: 'time for each layer, such as 10s, 500ms or 2min',
      default: 60,
      changesAnswer: true,
      example: '10s',
    },
    layer: { ...shared.layer, help: 'map this layer only (repeatable)' },
    conventions: shared.conventions,
    solver: {
      type: types.oneOf('solver', solverNames),
      help: `one of ${solverNames.join(', ')}`,
      default: 'auto',
      changesAnswer: true,
      example: 'highs',
    },
    native: {
      type: types.flag,
      help: 'solve programs with the cbc or glpsol that is installed, as --solver native does',
      changesAnswer: true,
    },
    technology: shared.technology,
    dramBandwidth: shared.dramBandwidth,
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: shared.batch,
    seed: {
      type: types.whole(0),
      help: 'seed of everything that is left to chance',
      default: 1,
      changesAnswer: true,
      example: '7',
    },
    certify: {
      type: types.flag,
      help:
        'prove each answer once more, without trust in floating-point arithmetic: no mapping is better by more than ' +
        'the share eps',
      changesAnswer: true,
    },
    certifyEps: {
      type: types.share,
      help: 'eps, as a share',
      default: 1e-3,
      changesAnswer: true,
      example: '0.1%',
      with: 'certify',
    },
    certifyTime: {
      type: types.duration,
      help: 'time for the certificate of each layer',
      default: 60,
      changesAnswer: true,
      example: '30s',
      with: 'certify',
    },
    json: { ...shared.json, help: 'write the result as JSON; - is standard output, in place of the table' },
    design: {
      type: types.text,
      placeholder: 'file',
      help: 'write a design file: machine, technology and mappings, for rtl, simulate and synth',
      changesAnswer: false,
      notInBatch: onlyIn('map --design', 'design files are made one at a time'),
      example: 'design.json',
      file: 'written',
    },
    lp: {
      type: types.text,
      placeholder: 'file',
      help:
        'write the last program of each layer in CPLEX LP format, for any MILP solver; for several layers x.lp ' +
        'becomes x.LAYER.lp',
      changesAnswer: false,
      notInBatch: onlyIn('map --lp', 'programs are written of one question at a time'),
      example: 'layer.lp',
      file: 'written',
    },
    mps: {
      type: types.text,
      placeholder: 'file',
      help: 'the same in free MPS format',
      changesAnswer: false,
      notInBatch: onlyIn('map --mps', 'programs are written of one question at a time'),
      example: 'layer.mps',
      file: 'written',
    },
    timeloop: {
      type: types.text,
      placeholder: 'directory',
      help: 'write each layer with its mapping as files that Timeloop (v0.4) replays, in a subdirectory for each',
      changesAnswer: false,
      notInBatch: inResults,
      example: 'replay',
      file: 'folder',
    },
    workers: shared.workers,
    quiet: shared.quiet,
  },
  examples: [
    'map resnet50 --arch simba',
    'map model.onnx --arch my-arch.yaml --objective energy --limit latency@each=2ms --json result.json',
    'map case.json --conventions timeloop --objective energy --no-padding --json -',
  ],
});

/** Values of the options of `magnet map`, read and with their defaults. */
export type MapOptions = OptionsOf<typeof mapVerb>;
