// What `magnet prove` can be asked for.

import * as types from '../interchange/value-types.js';
import { lossOptionsOf } from './loss-options.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { networkCostsText, onlyIn, oneMachineOnly, shared, spaceForms, workloadForms } from './shared.js';

/** What `magnet prove` can be asked for, as data. */
export const proveVerb = defineVerb({
  name: 'prove',
  summary:
    'decide whether a machine, or any machine of a design space, meets all limits at once; show it by mappings, or ' +
    'name the limits that exclude each other, and how far each must move',
  arguments: [{ name: 'network', help: workloadForms, form: 'one', example: 'resnet50' }],
  job: 'network',
  options: {
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: 'this machine: preset, architecture file or design file (a case brings its own)',
      changesAnswer: true,
      example: 'simba',
      file: 'read',
    },
    constraints: shared.constraints,
    space: {
      type: types.text,
      short: 's',
      placeholder: 'space',
      help: `any machine of this design space: ${spaceForms}`,
      changesAnswer: true,
      example: 'magnet-quick',
      file: 'read',
    },
    limit: {
      type: types.texts,
      placeholder: 'name=value[unit]',
      help:
        `requirement (repeatable): area=2mm2 of the chip; of one run of the network as a whole, ` +
        `${networkCostsText}; latency@LAYER=1ms of one layer, latency@each=1ms of every one; or pes (rows x ` +
        'columns) or another parameter of the machine, as "magnet spaces NAME" lists them (numLanes=8, ' +
        `weightBuffer=32KB, 'pes>=4'); accuracy-loss=1% of labelled samples (see --precisions). "=" and "<=" mean at ` +
        'most; without any limit, whether every layer has a mapping',
      changesAnswer: true,
      example: 'latency=10ms',
    },
    padding: shared.padding,
    diagonal: shared.diagonal,
    folds: shared.folds,
    layersOnly: shared.layersOnly,
    residency: {
      type: types.flag,
      help:
        'let tensors of the network stay in the global buffer between its runs, on machines with residency: 1 and without (of one ' +
        'machine, chains in bands and their weights too, as "magnet schedule"), or fail; --no-residency keeps nothing there',
      usually:
        'under limits on energy, latency or edp of the network, wherever schedules can be asked for: of a network with ' +
        'an order of steps, with no limit on layers, layer-edp or accuracy-loss',
      either: true,
      changesAnswer: true,
    },
    keepAll: shared.keepAll,
    sharedMappings: {
      type: types.flag,
      help: 'let layers that are alike share one mapping (otherwise each occurrence may have its own)',
      changesAnswer: true,
    },
    timeLimit: {
      type: types.duration,
      help: 'time for the whole question, such as 10s, 500ms or 2min',
      default: 600,
      changesAnswer: true,
      example: '2min',
    },
    layer: { ...shared.layer, help: 'ask about this layer only (repeatable)' },
    conventions: {
      ...shared.conventions,
      help: 'how accesses are counted: magnet (our hardware) or timeloop (with --arch only)',
    },
    technology: shared.technology,
    dramBandwidth: shared.dramBandwidth,
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: shared.batch,
    ...lossOptionsOf({
      verb: 'prove',
      precisions: 'bits of weights and of activations of a space that are measured under a limit on accuracy-loss',
      validate: 'labelled samples of the kind of --calibrate, on which it is counted what each precision loses',
    }),
    json: { ...shared.json, help: 'write the answer as JSON; - is standard output, in place of the text' },
    design: {
      type: types.text,
      placeholder: 'file',
      help:
        'where the limits can be met, write the machine and mappings that show it as a design file, for rtl, ' +
        'simulate and synth',
      changesAnswer: false,
      notInBatch: onlyIn('prove --design', 'design files are made one at a time'),
      example: 'witness.json',
      file: 'written',
    },
    smt2: {
      type: types.text,
      placeholder: 'file',
      help: 'write the last question put to Z3, for any SMT solver to check: unsat where the limits cannot be met',
      changesAnswer: false,
      notInBatch: onlyIn('prove --smt2', 'what Z3 was asked is written of one question at a time'),
      example: 'proof.smt2',
      file: 'written',
    },
    smt2Layer: {
      type: types.text,
      placeholder: 'file',
      help:
        'write the whole problem of a small layer on one machine, without lemmas: every mapping is a point of it ' +
        '(a larger layer under limits takes minutes, or stays open)',
      changesAnswer: false,
      notInBatch: onlyIn('prove --smt2-layer', 'what Z3 was asked is written of one question at a time'),
      example: 'layer.smt2',
      file: 'written',
    },
    workers: { ...shared.workers, help: 'questions at a time' },
    quiet: shared.quiet,
  },
  rules: [
    {
      options: ['arch'],
      conflicts: 'space',
      message: () => '--arch and --space cannot both be asked about; name one machine, or a space of them',
    },
    {
      options: ['precisions'],
      conflicts: 'arch',
      code: 'no-effect',
      message: () => '--precisions is of the machines of a space; one machine has its own: drop it, or name a --space',
    },
    ...oneMachineOnly,
    {
      options: ['sharedMappings'],
      conflicts: 'space',
      code: 'no-effect',
      message: () =>
        '--shared-mappings: the machines of a space are asked with shared mappings anyway; leave it out, or name one ' +
        'machine with --arch',
    },
  ],
  examples: [
    'prove fashion-resnet8 --space magnet-quick --limit accuracy-loss=1% --limit area=0.5mm2',
    'prove resnet50 --arch simba --limit latency=10ms --limit energy=3mJ',
    'prove resnet50 --space magnet-quick --limit area=2mm2 --limit latency=5ms --json proof.json --smt2 proof.smt2',
    "prove mobilenetv2 --space magnet-quick --limit 'pes>=4' --limit 'weightBuffer<=64KB' --limit " +
      'latency@conv1=50us --design witness.json',
  ],
});

/** Values of the options of `magnet prove`, read and with their defaults. */
export type ProveOptions = OptionsOf<typeof proveVerb>;
