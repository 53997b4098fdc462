// What `magnet codesign` can be asked for.

import * as types from '../interchange/value-types.js';
import { codesignObjectives } from '../tuner/codesign/codesign-request.js';
import { lossOptionsOf } from './loss-options.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { metricsRule, networkCostsText, onlyIn, shared, spaceForms } from './shared.js';

/** Between the ends of a front and with them. */
export const defaultPoints = 7;

const sums = codesignObjectives.filter((objective) => objective !== 'area');

/** What `magnet codesign` can be asked for, as data. */
export const codesignVerb = defineVerb({
  name: 'codesign',
  summary: 'find the best machine of a design space together with all mappings of some networks, and prove it',
  arguments: [
    { name: 'network', help: 'built-in networks, .onnx files or layer tables', form: 'some', example: 'resnet50' },
  ],
  job: 'network',
  options: {
    space: {
      type: types.text,
      short: 's',
      placeholder: 'space',
      help: `design space: ${spaceForms}`,
      default: 'magnet-16nm',
      changesAnswer: true,
      example: 'magnet-quick',
      file: 'read',
    },
    objective: {
      type: types.oneOf('objective', codesignObjectives),
      short: 'o',
      placeholder: 'objective',
      help:
        `what to minimise: ${sums.join(', ')}, of each network, summed over them by weight (edp is energy x delay of a ` +
        "network's totals, layer-edp the sum of its layers' own); or area of the chip",
      usually: 'edp',
      changesAnswer: true,
      example: 'energy',
    },
    limit: {
      type: types.texts,
      placeholder: 'name=value[unit]',
      help:
        'upper limit (repeatable): area=2mm2 (or um2) of the chip; of one run of each network as a whole, ' +
        `${networkCostsText}; latency@LAYER=1ms of one layer, latency@each=1ms of every one; ` +
        'accuracy-loss=1% of the samples of --validate that may be lost (see --precisions)',
      changesAnswer: true,
      example: 'area=2mm2',
    },
    padding: shared.padding,
    diagonal: shared.diagonal,
    folds: shared.folds,
    layersOnly: shared.layersOnly,
    residency: {
      type: types.flag,
      help:
        'let tensors of each network stay in the global buffer between its runs, on machines with residency: 1 and without, or ' +
        'fail; --no-residency keeps nothing there',
      usually:
        'wherever schedules can be asked for: of networks with an order of steps, for edp, energy, latency or area, within ' +
        'limits on the area, on energy, latency and edp of each network and on accuracy-loss',
      either: true,
      changesAnswer: true,
    },
    gap: {
      type: types.share,
      help: 'gap between best and bound at which the search ends: 1%, 0.01',
      default: 0.01,
      changesAnswer: true,
      example: '0.1%',
    },
    timeLimit: {
      type: types.duration,
      help: 'time for the whole search, --explain included, such as 10s or 2min; with --pareto, for each point',
      default: 600,
      changesAnswer: true,
      example: '2min',
    },
    technology: { ...shared.technology, help: 'file with the energies and areas of the parts' },
    dramBandwidth: shared.dramBandwidth,
    weight: {
      type: types.weights,
      help: 'how much a network counts (repeatable)',
      usually: '1',
      changesAnswer: true,
      example: 'resnet50=2',
    },
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: { ...shared.batch, help: 'batch size of ONNX files and built-in networks' },
    pareto: {
      type: types.text,
      placeholder: 'least,limited',
      help:
        'trace a front: minimise the first quantity under limits on the second; two of ' +
        codesignObjectives.join(', ') +
        '; or accuracy-loss and one of these, a search for each precision',
      changesAnswer: true,
      notInBatch: 'a front is many searches; sweep limit instead, or use "magnet codesign --pareto"',
      example: 'energy,latency',
    },
    points: {
      type: types.whole(2),
      help: 'points of the front',
      usually: String(defaultPoints),
      changesAnswer: true,
      notInBatch: 'it counts the points of a front, which is many searches; sweep limit instead',
      example: '5',
    },
    explain: {
      type: types.flag,
      help: 'say what one step of each parameter would cost, and which limits bind',
      changesAnswer: true,
      notInBatch: onlyIn('codesign --explain', 'what one step of a parameter would cost is asked of one machine'),
    },
    ...lossOptionsOf({
      verb: 'codesign',
      precisions:
        'bits of weights and of activations that are measured under a limit on accuracy-loss, or for a front over it',
      validate:
        'labelled samples of the kind of --calibrate: a precision is allowed where it loses no more of them than the limit',
    }),
    allPrecisions: {
      type: types.flag,
      help:
        'measure every precision, those too with no more bits than one of which samples show that it loses more than ' +
        'the limit',
      changesAnswer: true,
      notInBatch: onlyIn('codesign --limit accuracy-loss', 'accuracy is measured for one search at a time'),
    },
    json: shared.json,
    design: {
      type: types.text,
      placeholder: 'file',
      help:
        'write a design file: the machine and the mappings of all networks, for rtl, simulate and synth; with --pareto of each ' +
        'point, FILE.json is FILE.1.json for the tightest limit, and so on',
      changesAnswer: false,
      notInBatch: onlyIn('codesign --design', 'design files are made one at a time'),
      example: 'best.json',
      file: 'written',
    },
    schedule: {
      type: types.text,
      placeholder: 'file',
      help:
        'write the schedule on the machine found, for run --schedule and compile --schedule, which the design file says too; of ' +
        'several networks FILE.json is FILE.NETWORK.json; with --pareto of each point, as --design',
      changesAnswer: false,
      notInBatch: onlyIn('codesign --schedule', 'schedules are found one at a time'),
      example: 'schedule.json',
      file: 'written',
    },
    certificate: {
      type: types.text,
      placeholder: 'file',
      help: 'write a certificate of the answer for "magnet check": boxes that leave no machine out, and what bounds each',
      changesAnswer: false,
      notInBatch: onlyIn('codesign --certificate', 'certificates are made one at a time'),
      example: 'certificate.json',
      file: 'written',
    },
    checkpoint: {
      type: types.text,
      placeholder: 'file',
      help: 'save the search, or all searches of a front, to this file every few seconds, and go on from it',
      changesAnswer: false,
      notInBatch: 'a batch keeps what is finished in its --out file, and goes on from there',
      example: 'run.json',
      file: 'written',
    },
    figure: {
      type: types.text,
      placeholder: 'file',
      help: 'draw the front, or best and bound over time, as .svg',
      changesAnswer: false,
      notInBatch: 'figures are drawn by "magnet report" from the --out file',
      example: 'front.svg',
      file: 'written',
    },
    workers: {
      ...shared.workers,
      help: 'shapes at a time',
      usually: 'number of processors; on a queue what its workers do at a time',
    },
    queue: shared.queue,
    metrics: shared.metrics,
    quiet: shared.quiet,
  },
  rules: [
    metricsRule,
    {
      options: ['points'],
      needs: 'pareto',
      code: 'no-effect',
      message: () => '--points counts the points of a front; ask for one with --pareto x,y',
    },
    {
      options: ['objective'],
      conflicts: 'pareto',
      code: 'no-effect',
      message: () => '--objective has no effect on a front, which --pareto x,y names itself; drop it',
    },
    {
      options: ['certificate'],
      conflicts: 'pareto',
      code: 'no-effect',
      message: () => '--certificate is about one machine, and a front has many; find one with --limit',
    },
    {
      options: ['explain'],
      conflicts: 'pareto',
      code: 'no-effect',
      message: () => '--explain is about one machine, and a front has many; find one with --limit',
    },
  ],
  examples: [
    'codesign resnet50 --limit area=2mm2 --design best.json',
    'codesign resnet50 mobilenetv2 --weight mobilenetv2=4 --objective energy --limit latency=5ms --checkpoint run.json',
    'codesign fashion-resnet8 --space magnet-quick --limit area=1mm2 --limit accuracy-loss=1%',
    'codesign pilotnet --space magnet-small --pareto energy,latency --figure front.svg',
    'codesign fashion-resnet8 --space magnet-quick --pareto accuracy-loss,energy --precisions w8a8,w6a6,w4a8,w4a4',
  ],
});

/** Values of the options of `magnet codesign`, read and with their defaults. */
export type CodesignOptions = OptionsOf<typeof codesignVerb>;
