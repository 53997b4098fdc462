// Text files of other tools, told by what is in them.

import type { Foreign } from './recognise.js';

const of = (what: string, way: string | ((path: string) => string)): Foreign => ({
  what,
  way: typeof way === 'string' ? () => way : way,
});

/** Comments and aliases, then a module, a function or an operation of a dialect. */
const mlir = new RegExp(
  String.raw`^\s*(?://[^\n]*\n|#[\w-]+\s*=[^\n]*\n|\s)*(?:"?builtin\.module"?|module\b[^\n]*\{|func\.func\b|util\.|` +
    String.raw`(?:%\w+\s*=\s*)?"?(?:linalg|tosa|stablehlo|mhlo|torch|onnx|arith)\.\w+)`,
);

const kinds: readonly (readonly [pattern: RegExp, foreign: Foreign])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec/,
    of('a pointer of Git LFS in place of the file', (path) => `run git lfs pull --include "${path}" in its repository`),
  ],
  [
    /^\s*(<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html)/i,
    of(
      'a web page',
      'a download gave a page in place of the file (log-in, error or preview): download the file itself',
    ),
  ],
  [
    /^\s*(<\?xml[^>]*>\s*)?<net\s/,
    of(
      'an OpenVINO model (IR)',
      'give the model that it was made from, exported to ONNX; OpenVINO files cannot be turned back into ONNX',
    ),
  ],
  [
    mlir,
    of(
      'MLIR text',
      'export to ONNX from the framework that it was made in (torch.onnx.export, tf2onnx); MLIR cannot be turned into ONNX',
    ),
  ],
  [
    /(^|\n)\s*ir_version:\s*\d|^\s*<\s*\n?\s*ir_version\s*:/,
    of(
      'an ONNX model as text',
      (path) =>
        "write it in bytes: python3 -c 'import onnx, google.protobuf.text_format as t; " +
        `m = onnx.ModelProto(); t.Parse(open("${path}").read(), m); onnx.save(m, "model.onnx")', ` +
        'or onnx.parser.parse_model for the form with <ir_version: ...>',
    ),
  ],
  [
    /(^|\n)\s*layers?\s*\{[^]*?(bottom|top)\s*:\s*"/,
    of(
      'a Caffe network (.prototxt)',
      'convert it with its weights, as by python3 -m caffe2onnx (pip install caffe2onnx), or write a layer table',
    ),
  ],
  [
    /^\s*(#[^\n]*\n\s*)*\[net(work)?\][^]*\[(convolutional|connected)\]/,
    of(
      'a Darknet network (.cfg)',
      "export it to ONNX with a converter of its project, as pytorch-YOLOv4's darknet2onnx, or write a layer table",
    ),
  ],
  [/^7767517\s/, of('an ncnn network (.param)', 'give the ONNX file that it was made from')],
  [
    /^\s*(?:#[^\n]*\n|\s)*(?:\w+\s*=\s*)?workload\s*=\s*\{[^]*(loop_dim_size|operand_precision)/,
    of(
      'a ZigZag workload as a Python program',
      (path) =>
        "write it as YAML, which magnet reads: python3 -c 'import runpy, yaml; w = " +
        `runpy.run_path("${path}")["workload"]; yaml.safe_dump([{"id": k, **v} for k, ` +
        'v in w.items()], open("workload.yaml", "w"))\'',
    ),
  ],
  [
    /^\s*num_pes\s*:\s*\d+/m,
    of(
      'a hardware description of MAESTRO',
      'describe the machine as magnet does: magnet archs simba --yaml prints one to start from',
    ),
  ],
  [
    /(^|\n)\s*\[general\][^]*\[architecture_presets\]/i,
    of(
      'a configuration of SCALE-Sim',
      'describe the machine as magnet does (magnet archs simba --yaml prints one to start from); ' +
        'give its topology (.csv) as workload',
    ),
  ],
  [
    /^(#![^\n]*python|\s*(?:#[^\n]*\n|"""[^]*?"""|\s)*(?:import|from)\s+[\w.]+)/,
    of('a Python program', 'run it and export its model, as by torch.onnx.export(model, example_inputs, "model.onnx")'),
  ],
];

export const recogniseText = (text: string): Foreign | undefined => kinds.find(([pattern]) => pattern.test(text))?.[1];
