// What `magnet compare` can be asked for.

import * as types from '../interchange/value-types.js';
import { networkObjectives } from '../model/cost/network-goal.js';
import { machineContestants } from '../tuner/solver-names.js';
import { solverNames } from '../tuner/solver-names.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { costUnitsText, metricsRule, ofBatch, oneMachineOnly, shared, spaceForms, workloadForms } from './shared.js';

/** What `magnet compare` can be asked for, as data. */
export const compareVerb = defineVerb({
  name: 'compare',
  summary:
    'run heuristics and solvers on the same questions, with the same cost model and the same wall time, and hold ' +
    'them against a proven bound',
  arguments: [{ name: 'network', help: workloadForms, form: 'one', example: 'resnet50' }],
  job: 'network',
  options: {
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: 'compare mappings on this machine: preset, architecture file or design file (a case brings its own)',
      changesAnswer: true,
      example: 'simba',
      file: 'read',
    },
    constraints: shared.constraints,
    space: {
      type: types.text,
      short: 's',
      placeholder: 'space',
      help: `compare searches over the machines of this design space: ${spaceForms}`,
      changesAnswer: true,
      example: 'magnet-quick',
      file: 'read',
    },
    strategies: {
      type: types.commaList('strategies'),
      help:
        `who takes part, separated by commas; mappings: ${solverNames.join(', ')}; ` +
        `machines: ${machineContestants.join(', ')}`,
      usually: 'all that suit the machine',
      changesAnswer: true,
      example: 'highs,random',
    },
    time: {
      type: types.duration,
      help: 'wall time of each run, such as 10s, 500ms or 2min',
      default: 10,
      changesAnswer: true,
      example: '2s',
    },
    repeat: {
      type: types.whole(1),
      help: 'runs of each strategy on every layer, with seeds 1 to n',
      default: 5,
      changesAnswer: true,
      example: '3',
    },
    proofTime: {
      type: types.duration,
      help: 'time to prove the optimum of a layer where no strategy has',
      default: 60,
      changesAnswer: true,
      example: '5min',
    },
    objective: {
      type: types.oneOf('objective', networkObjectives),
      short: 'o',
      placeholder: 'objective',
      help: `what to minimise, summed over the layers: ${networkObjectives.join(', ')}; edp of one layer that runs once`,
      default: 'layer-edp',
      changesAnswer: true,
      example: 'energy',
    },
    limit: {
      type: types.texts,
      placeholder: 'name=value[unit]',
      help:
        'upper limit (repeatable); mappings: latency@each=200us of every layer, latency@LAYER=200us of one, ' +
        `${costUnitsText}; machines: those too, and area=2mm2 of the chip`,
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
      help: 'gap between best and bound at which an optimum counts as proven, and solvers stop: 1%, 0.01',
      usually: '0.01%; machines: 1%',
      changesAnswer: true,
      example: '1%',
    },
    layer: shared.layer,
    conventions: shared.conventions,
    technology: shared.technology,
    dramBandwidth: shared.dramBandwidth,
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: shared.batch,
    seed: {
      type: types.whole(0),
      help: 'seed of the order in which strategies take turns',
      default: 1,
      changesAnswer: true,
      example: '7',
    },
    json: {
      ...shared.json,
      help: 'write every run with its best-so-far curve as JSON; - is standard output, in place of the tables',
    },
    svg: {
      type: types.text,
      placeholder: 'file',
      help: 'draw best-so-far curves over the proven bound: medians, with bands from min to max',
      changesAnswer: false,
      notInBatch: 'figures are drawn by "magnet report" from the --out file',
      example: 'curves.svg',
      file: 'written',
    },
    workers: {
      type: types.whole(1),
      help:
        'runs at a time; more than one is faster, but they take memory and clock from each other, and times are not ' +
        'fair',
      default: 1,
      changesAnswer: false,
      notInBatch: ofBatch,
      example: '2',
    },
    queue: shared.queue,
    metrics: shared.metrics,
    quiet: shared.quiet,
  },
  rules: [
    metricsRule,
    {
      options: ['arch'],
      conflicts: 'space',
      message: () =>
        '--arch and --space cannot both be compared on; name one machine for mappings, or a space for searches ' +
        'over its machines',
    },
    ...oneMachineOnly,
    {
      options: ['objective'],
      value: 'ed2p',
      conflicts: 'space',
      message: () =>
        '--objective ed2p: searches over machines minimise energy, latency or layer-edp; take one of these',
    },
  ],
  notes: [
    'Every run has a thread of its own, so that none benefits from the caches or the compiled code of another.',
    'Exit codes: 0 compared, every optimum proven; 1 a layer fits nowhere; 2 an optimum stays open; 3 bad input; 4 ' +
      'a strategy\nwent below a proven bound, which is a bug in magnet; 130 interrupted: what was done is written.',
  ],
  examples: [
    'compare resnet50 --arch simba --strategies enumerate,highs,annealing,random --time 10s --repeat 5',
    'compare resnet50 --arch simba --layer conv1 --time 2s --json runs.json --svg curves.svg',
    'compare pilotnet --space magnet-small --limit area=2mm2 --time 60s --repeat 3',
  ],
});

/** Values of the options of `magnet compare`, read and with their defaults. */
export type CompareOptions = OptionsOf<typeof compareVerb>;
