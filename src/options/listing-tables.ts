// What the verbs can be asked for that list, print and cost what is there already.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { conventionsType, shared } from './shared.js';

const yaml = { type: types.flag, help: 'print it as a file to start from', changesAnswer: false } as const;
const json = { type: types.flag, help: 'print it as JSON', changesAnswer: false } as const;

export const evaluateVerb = defineVerb({
  name: 'evaluate',
  summary: 'compute what given mappings cost: count x energy of every access',
  arguments: [
    {
      name: 'case',
      help:
        'case files (.json, .yaml, or .jsonl with a case on each line), or Timeloop files: architecture, problem, ' +
        'mapping, ERT',
      form: 'any',
      example: 'case.json',
    },
  ],
  options: {
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: 'preset, architecture or design file, where there is no case file',
      changesAnswer: true,
      example: 'simba',
      file: 'read',
    },
    workload: {
      type: types.text,
      short: 'w',
      placeholder: 'workload',
      help: 'what is mapped, where there is no case file; one layer of it',
      changesAnswer: true,
      example: 'resnet50',
      file: 'read',
    },
    layer: { ...shared.layer, help: 'which layer of the workload' },
    layersOnly: shared.layersOnly,
    mapping: {
      type: types.text,
      short: 'm',
      placeholder: 'file',
      help: 'mapping or map result, where there is no case file',
      changesAnswer: true,
      example: 'result.json',
      file: 'read',
    },
    constraints: shared.constraints,
    conventions: { ...shared.conventions, type: conventionsType, help: 'magnet or timeloop' },
    technology: shared.technology,
    json: {
      ...shared.json,
      help: 'write a line of JSON per case; - is standard output, in place of the tables',
      example: 'costs.jsonl',
    },
  },
  rules: [
    {
      options: ['arch', 'workload', 'layer', 'mapping', 'technology'],
      conflicts: 'case',
      message: (given) => `case files hold everything; drop ${given}, or the files`,
    },
  ],
  examples: ['evaluate case.json', 'evaluate --arch simba --workload resnet50 --layer conv1 --mapping result.json'],
});

export const showVerb = defineVerb({
  name: 'show',
  summary: 'print mappings as loop nests',
  arguments: [
    {
      name: 'file',
      help: 'what "map --json", "map --design" or "codesign --design" wrote, or a case file with a mapping',
      form: 'one',
      example: 'result.json',
    },
  ],
  options: {
    layer: shared.layer,
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: 'the machine, unless it is a preset or the file is a design: shows which positions are idle',
      changesAnswer: true,
      example: 'my-machine.yaml',
      file: 'read',
    },
  },
  examples: ['show result.json --layer conv1'],
});

export const networksVerb = defineVerb({
  name: 'networks',
  summary: 'list the built-in networks, or the layers and steps of one',
  arguments: [
    {
      name: 'workload',
      help: 'built-in network, .onnx file, layer table or case file; - is standard input',
      form: 'optional',
      example: 'resnet50',
    },
  ],
  options: {
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: shared.batch,
    json,
    svg: {
      type: types.text,
      placeholder: 'file',
      help: 'draw the steps of a built-in network or an ONNX file, repeated blocks once',
      changesAnswer: false,
      example: 'steps.svg',
      file: 'written',
    },
  },
  examples: ['networks model.onnx --dim sequence=128', 'networks resnet50 --svg resnet50.svg'],
});

export const archsVerb = defineVerb({
  name: 'archs',
  summary: 'list the preset architectures, or the levels and area of one',
  arguments: [{ name: 'arch', help: 'preset, architecture file or design file', form: 'optional', example: 'simba' }],
  options: { technology: shared.technology, yaml, json },
  examples: ['archs simba --yaml'],
});

export const spacesVerb = defineVerb({
  name: 'spaces',
  summary: 'list the built-in design spaces, or the parameters of one',
  arguments: [
    {
      name: 'space',
      help: 'built-in design space, or a file (.yaml, .json)',
      form: 'optional',
      example: 'magnet-small',
    },
  ],
  options: { yaml, json },
  examples: ['spaces magnet-small --yaml'],
});

export const technologyVerb = defineVerb({
  name: 'technology',
  summary: 'list the constants that energies and areas are made of, each with its source',
  arguments: [
    {
      name: 'technology',
      help: 'a file (.yaml, .json); the 16 nm that is built in where none is named',
      form: 'optional',
      example: 'my-technology.yaml',
    },
  ],
  options: { yaml, json },
  examples: ['technology --yaml > mine.yaml', 'map pilotnet --arch simba --technology mine.yaml'],
});

export const schemasVerb = defineVerb({
  name: 'schemas',
  summary: 'list the formats of files that are read and written, or print the JSON Schema of one',
  arguments: [{ name: 'format', help: 'which one to print', form: 'optional', example: 'space' }],
  options: { json },
  examples: ['schemas', 'schemas space > space.schema.json'],
});

export type EvaluateOptions = OptionsOf<typeof evaluateVerb>;
export type ShowOptions = OptionsOf<typeof showVerb>;
export type NetworksOptions = OptionsOf<typeof networksVerb>;
export type ArchsOptions = OptionsOf<typeof archsVerb>;
