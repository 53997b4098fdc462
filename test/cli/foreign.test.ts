// Files of other tools, and files in the wrong place: told by content, in every verb, with what to do instead.

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { findNetwork } from '../../src/workloads/builtin.js';
import { run, tinyArch, tinyLayers } from './run.js';

const found = findNetwork('pilotnet');
if (!found.ok) throw new Error('pilotnet is built in');
const onnx = exportOnnx(found.value);
const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
/** A ZIP archive as far as its names tell: local headers only. */
const zip = (...names: readonly string[]) =>
  bytes(
    names.map((n) => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(n.length)}\0\0\0${n}`).join('') +
      '\0'.repeat(40),
  );
const field = (n: number, content: string) =>
  `${String.fromCharCode(n * 8 + 2)}${String.fromCharCode(content.length)}${content}`;

const zigzagMapping =
  '- name: default\n  spatial_mapping: { D1: [K, 32] }\n  memory_operand_links: { O: O, W: I2, I: I1 }\n';
const strangers: readonly (readonly [name: string, content: string | Uint8Array, what: string, way: string])[] = [
  ['m.tflite', bytes('\x1c\0\0\0TFL3\0\0'), 'a TensorFlow Lite model', 'tf2onnx.convert --tflite m.tflite'],
  ['renamed.onnx', bytes('\x1c\0\0\0TFL3\0\0'), 'a TensorFlow Lite model', 'tf2onnx.convert --tflite renamed.onnx'],
  ['m.pth', zip('archive/data.pkl', 'archive/data/0'), 'a PyTorch file', 'torch.onnx.export'],
  ['m.pt', zip('m/code/__torch__.py', 'm/data.pkl', 'm/constants.pkl'), 'a TorchScript program', 'torch.onnx.export'],
  [
    'm.pt2',
    zip('m/archive_format', 'm/models/model.json'),
    'a PyTorch program of torch.export',
    'torch.export.load("m.pt2")',
  ],
  [
    'old.pth',
    bytes('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'),
    'a Python pickle',
    'torch.onnx.export',
  ],
  ['m.h5', bytes('\x89HDF\r\n\x1a\n\0\0'), 'an HDF5 file', 'from_keras'],
  ['m.keras', zip('metadata.json', 'config.json', 'model.weights.h5'), 'a Keras model', 'from_keras'],
  [
    'saved_model.pb',
    bytes(`\x08\x01${field(2, 'xx serve serving_default StatefulPartitionedCall')}`),
    'a TensorFlow SavedModel',
    '--saved-model .',
  ],
  ['graph.pb', bytes(field(1, field(1, 'x') + field(2, 'Placeholder'))), 'a TensorFlow graph', '--graphdef graph.pb'],
  ['m.mlmodel', bytes(`\x08\x04${field(2, 'ab')}\xa2\x1f\x01x`), 'a Core ML model', 'framework'],
  ['m.gguf', bytes('GGUF\x03\0\0\0'), 'a GGUF file', 'optimum-cli export onnx'],
  ['m.safetensors', bytes('\x10\0\0\0\0\0\0\0{"__metadata__":'), 'a safetensors file', 'optimum-cli export onnx'],
  ['x.npy', bytes('\x93NUMPY\x01\0'), 'a NumPy array', 'layer table'],
  ['x.npz', zip('a.npy'), 'an archive of NumPy arrays', 'layer table'],
  ['m.mlir', '// made by hand\nmodule @main {\n  func.func @f() { return }\n}\n', 'MLIR text', 'torch.onnx.export'],
  ['m.mlirbc', bytes('ML\xefR\0'), 'MLIR bytecode', 'export to ONNX'],
  [
    'net.prototxt',
    'name: "n"\nlayer {\n  name: "c"\n  type: "Convolution"\n  bottom: "data"\n}\n',
    'a Caffe network',
    'caffe2onnx',
  ],
  [
    'lfs.onnx',
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n',
    'a pointer of Git LFS',
    'git lfs pull --include "lfs.onnx"',
  ],
  ['page.onnx', '<!DOCTYPE html><html><body>404</body></html>', 'a web page', 'download the file itself'],
  ['ir.xml', '<?xml version="1.0"?>\n<net name="m" version="11"></net>', 'an OpenVINO model', 'exported to ONNX'],
  ['yolo.cfg', '[net]\nwidth=416\n\n[convolutional]\nfilters=16\n', 'a Darknet network', 'darknet2onnx'],
  [
    'w.py',
    "workload = {\n 0: {'operator_type': 'Conv', 'loop_dim_size': {'B': 1}},\n}\n",
    'a ZigZag workload as a Python program',
    'yaml.safe_dump',
  ],
  ['m.py', 'import torch\nprint(1)\n', 'a Python program', 'torch.onnx.export'],
  ['hw.m', 'num_pes: 256\nl1_size_cstr: 100\n', 'a hardware description of MAESTRO', 'magnet archs simba --yaml'],
  ['m.7z', bytes('7z\xbc\xaf\x27\x1c'), 'a 7-Zip archive', '7z e m.7z'],
  ['model.onnx.zip', zip('model.onnx'), 'a ZIP archive with an ONNX file', 'unzip model.onnx.zip'],
  ['map.txt', zigzagMapping, 'a mapping of ZigZag', 'give the workload'],
  ['map.yaml', zigzagMapping, 'a mapping of ZigZag', 'give the workload'],
  [
    'hw.yaml',
    'name: tpu\noperational_array: { multiplier_energy: 0.04 }\nmemories: {}\n',
    'a hardware description of ZigZag',
    'magnet archs simba --yaml',
  ],
  [
    'tfjs.json',
    '{"format": "graph-model", "modelTopology": {}, "weightsManifest": []}',
    'a TensorFlow.js model',
    '--tfjs',
  ],
];
const files: Record<string, string | Uint8Array> = {
  ...Object.fromEntries(strangers.map(([name, content]) => [name, content])),
  'tiny.yaml': tinyArch,
  'net.yaml': tinyLayers,
};

test.each(strangers)('as WORKLOAD and as ARCH, %s is named', async (name, _, what, way) => {
  for (const line of [
    ['networks', name],
    ['map', name, '--arch', 'simba'],
    ['map', 'net.yaml', '--arch', name],
    ['codesign', name, '--space', 'magnet-small'],
    ['prove', name, '--arch', 'simba'],
  ]) {
    const { code, out, err } = await run(line, files);
    expect([code, out], line.join(' ')).toEqual([3, '']);
    expect(err).toContain(`${name} is ${what}`);
    expect(err).toContain(way);
  }
});

test.each([
  ['model.bin', onnx],
  ['model', onnx],
  ['model.onnx.gz', gzipSync(onnx)],
  ['model.pb', onnx],
])('an ONNX file called %s is read', async (name, content) => {
  const { code, err, out } = await run(['networks', name], { [name]: content });
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n').slice(2)).toEqual(
    (await run(['networks', 'pilotnet.onnx'], { 'pilotnet.onnx': onnx })).out.split('\n').slice(2),
  );
});

test('folders of other tools', async () => {
  const { code, err } = await run(
    ['networks', 'export'],
    { 'export/saved_model.pb': 'x' },
    {
      read: () => {
        throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' });
      },
    },
  );
  expect([code, err]).toEqual([
    3,
    expect.stringContaining(
      'export is the folder of a TensorFlow SavedModel, expected an ONNX file, a layer table or a case; ' +
        'run python3 -m tf2onnx.convert --saved-model export',
    ),
  ]);
});

const conv =
  'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\nA, 6, 6, 3, 3, 4, 8, 1,\n';
const zigzag =
  '- { id: 0, operator_type: Gemm, equation: "O[b][k]+=I[b][c]*W[c][k]", loop_dims: [B, K, C], loop_sizes: [4, 8, 16] }\n';
test.each([
  ['topology.csv', conv, 'SCALE-Sim topology', 4 * 4 * 3 * 3 * 4 * 8],
  ['topology.txt', conv, 'SCALE-Sim topology', 4 * 4 * 3 * 3 * 4 * 8],
  ['gemm.yaml', zigzag, 'ZigZag workload', 4 * 8 * 16],
  ['gemm.txt', zigzag, 'ZigZag workload', 4 * 8 * 16],
  ['gemm', `# made by hand\n---\n${zigzag}`, 'ZigZag workload', 4 * 8 * 16],
  ['gemm.yaml.gz', gzipSync(zigzag), 'ZigZag workload', 4 * 8 * 16],
  ['topology.yaml', conv, 'SCALE-Sim topology', 4 * 4 * 3 * 3 * 4 * 8],
  [
    'net.txt',
    'Network n { Layer c { Type: CONV Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 6, X: 6 } } }',
    'MAESTRO network',
    4 * 4 * 3 * 3 * 4 * 8,
  ],
  [
    'net.m',
    'Network n { Layer c { Type: CONV Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 6, X: 6 } } }',
    'MAESTRO network',
    4 * 4 * 3 * 3 * 4 * 8,
  ],
])('%s is mapped', async (name, content, source, macs) => {
  const listed = await run(['networks', name], { [name]: content });
  expect(listed.out).toContain(source);
  expect(listed.out).toContain(`${macs.toLocaleString('en')} MACs`);
  const { code, out } = await run(['map', name, '--arch', 'tiny.yaml', '--json', '-', '-q'], {
    ...files,
    [name]: content,
  });
  expect([code, JSON.parse(out).layers[0].status]).toEqual([0, 'optimal']);
  expect((await run(['map', name, '--arch', 'simba', '--batch', '2'], { [name]: content })).err).toContain(
    'says its batch itself',
  );
  expect((await run(['map', name, '--arch', 'simba', '--dim', 'n=2'], { [name]: content })).err).toContain(
    '--dim applies to ONNX files',
  );
});

test.each(['.txt', '', '.cfg', '.json'])(
  'our own files called %j are what they hold, in every verb',
  async (ending) => {
    const named: Record<string, string> = {
      [`machine${ending}`]: tinyArch,
      [`net${ending}`]: tinyLayers,
      [`two${ending}`]: `a: [{ K: 2, C: 2 }]\nb: { layers: [{ K: 2, C: 4 }] }\n`,
      [`one${ending}`]: '{ K: 2, C: 2 }\n',
      [`space${ending}`]: 'space: { base: magnet-small }\n',
      [`technology${ending}`]: 'name: t\nbase: 16nm\nconstants: {}\n',
      [`jobs${ending}`]: `jobs:\n- { kind: map, network: net${ending}, arch: [machine${ending}, nowhere] }\n`,
    };
    const asked = async (line: string) => {
      const ran = await run(line.replaceAll('*', ending).split(' '), named);
      expect([ran.code, ran.err], line).toEqual([0, '']);
      for (const [name, text] of ran.written) named[name] = text;
      return ran.out;
    };
    await asked('map net* --arch machine* --design design* --json result* -q');
    await asked('map two*#a --arch magnet --technology technology* -q');
    await asked('map one* --arch design* -q');
    await asked('show design*');
    expect((await run(['report', `result${ending}`, '-o', 'page.html', '-q'], named)).code).toBe(0);
    await asked('spaces space*');
    const planned = await run(['batch', `jobs${ending}`], named);
    expect(planned.err).toContain(`jobs${ending}: line 2: unknown architecture: nowhere`);
    const chosen = await run(['map', `one${ending}#a`, '--arch', 'simba'], named);
    expect(chosen.err).toContain(`one${ending}: unknown network: a`);
  },
);

test('a choice of network where there is one is refused', async () => {
  for (const [name, content] of Object.entries({ 'm.onnx': onnx, 'gemm.txt': zigzag, 'topology.csv': conv }))
    expect((await run(['map', `${name}#a`, '--arch', 'simba'], { [name]: content })).err).toContain(
      `${name} holds one network, and #a chooses among those of a layer table`,
    );
});

test('our own files in the wrong place are named by what they are', async () => {
  const mapped = await run(
    ['map', 'net.yaml', '--arch', 'tiny.yaml', '--design', 'd.json', '--json', 'r.json', '-q'],
    files,
  );
  const own = {
    ...files,
    ...Object.fromEntries(mapped.written),
    'space.yaml': 'space: { base: magnet-small }\n',
    'technology.yaml': 'name: t\nbase: 16nm\nconstants: {}\n',
    'jobs.yaml': 'jobs: []\n',
    'm.yaml': 'levels:\n- { name: DRAM, keep: [Weights] }\n',
    't.yaml': 'problem: { shape: cnn-layer, instance: {} }\n',
    'c.yaml': 'mapspace_constraints: { targets: [] }\n',
  };
  const tried: readonly (readonly [line: string, wanted: string])[] = [
    [
      'map tiny.yaml --arch simba',
      'tiny.yaml is a machine, expected an ONNX file, a layer table or a case; give it as --arch tiny.yaml',
    ],
    [
      'map r.json --arch simba',
      'r.json is a result of magnet map, expected an ONNX file, a layer table or a case; magnet report and magnet show take it',
    ],
    ['map d.json --arch simba', 'd.json is a design'],
    [
      'map space.yaml --arch simba',
      'space.yaml is a design space, expected an ONNX file, a layer table or a case; give it as --space space.yaml',
    ],
    ['map technology.yaml --arch simba', 'technology.yaml is a technology'],
    [
      'map jobs.yaml --arch simba',
      'jobs.yaml is a file of jobs, expected an ONNX file, a layer table or a case; give it to magnet batch jobs.yaml',
    ],
    [
      'map m.yaml --arch simba',
      'm.yaml is a mapping, expected an ONNX file, a layer table or a case; give it as --mapping m.yaml',
    ],
    ['map c.yaml --arch simba', 'c.yaml'],
    ['map net.yaml --arch net.yaml', 'net.yaml is a layer table, expected a machine; give net.yaml as WORKLOAD'],
    [
      'map net.yaml --arch space.yaml',
      'space.yaml is a design space, expected a machine; give it as --space space.yaml',
    ],
    ['map net.yaml --arch r.json', 'r.json is a result of magnet map, expected a machine'],
    [
      'map net.yaml --arch simba --technology tiny.yaml',
      'tiny.yaml is a machine, expected a technology; give it as --arch tiny.yaml',
    ],
    [
      'codesign net.yaml --space tiny.yaml',
      'tiny.yaml is a machine, expected a design space; give it as --arch tiny.yaml',
    ],
    [
      'codesign net.yaml --space net.yaml',
      'net.yaml is a layer table, expected a design space; give net.yaml as WORKLOAD',
    ],
    ['rtl r.json -o out', 'r.json is a result of magnet map, expected a design'],
    ['synth tiny.yaml', 'tiny.yaml is a machine, expected a design'],
  ];
  for (const [line, wanted] of tried) {
    const { code, out, err } = await run(line.split(' '), own);
    expect([code, out], line).toEqual([3, '']);
    expect(err, line).toContain(wanted);
  }
});

test.each([
  ['evaluate m.tflite', 'm.tflite is a TensorFlow Lite model, expected a case'],
  [
    'evaluate lfs.yaml',
    'lfs.yaml is a pointer of Git LFS in place of the file, expected a case; run git lfs pull --include "lfs.yaml"',
  ],
  [
    'evaluate tiny.yaml',
    'tiny.yaml is a machine, expected a case {architecture, problem, mapping}; give it as --arch tiny.yaml',
  ],
  [
    'evaluate --arch tiny.yaml --workload net.yaml --layer fc --mapping m.tflite',
    'm.tflite is a TensorFlow Lite model, expected a mapping',
  ],
  ['show net.yaml', 'net.yaml is a layer table, expected what "map --json" or "map --design" writes, or a case'],
  ['show page.json', 'page.json is a web page'],
  ['map net.yaml --arch lfs.yaml', 'lfs.yaml is a pointer of Git LFS in place of the file, expected an architecture'],
  ['map lfs.yaml --arch simba', 'lfs.yaml is a pointer of Git LFS'],
  ['map net.yaml --arch simba --technology m.tflite', 'm.tflite is a TensorFlow Lite model, expected a technology'],
  ['synth m.tflite', 'm.tflite is a TensorFlow Lite model, expected a design'],
])('in every verb: %s', async (line, wanted) => {
  const { code, out, err } = await run(line.split(' '), {
    ...files,
    'lfs.yaml': files['lfs.onnx']!,
    'page.json': files['page.onnx']!,
  });
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(wanted);
});

test.each([
  ['nothing', '', 'nothing: the file is empty; expected an ONNX file'],
  ['words', 'some words\n', 'words is not a workload: expected a built-in network'],
])('a file without an ending is still a file: %s', async (name, content, wanted) => {
  const { code, err } = await run(['networks', name], { [name]: content });
  expect(code).toBe(3);
  expect(err).toContain(wanted);
});

test('co-design gives sizes to the files that have their names, whatever these are called', async () => {
  const other = exportOnnx({ ...found.value, layers: found.value.layers.slice(0, 1) });
  const { code, err } = await run(['codesign', 'a.gz', 'b.bin', '--space', 'magnet-small', '--dim', 'nowhere=3'], {
    'a.gz': gzipSync(onnx),
    'b.bin': other,
  });
  expect(code).toBe(3);
  expect(err).toContain('nowhere');
});
