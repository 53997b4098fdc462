// Files of other tools, told by what is in them, each with how to make an ONNX file or a layer table of it.

import { looksLikeOnnx, outerFields } from './protobuf.js';

export interface Foreign {
  /** `a TensorFlow Lite model`. */
  readonly what: string;
  /** What to do instead, for a file of this path. */
  readonly way: (path: string) => string;
}

const torch =
  'load the model in Python and run torch.onnx.export(model, example_inputs, "model.onnx"); ' +
  'a file of weights alone needs the code of its model for that';
const keras = (path: string) =>
  "run python3 -c 'import tensorflow as tf, tf2onnx; " +
  `tf2onnx.convert.from_keras(tf.keras.models.load_model("${path}"), output_path="model.onnx")' (pip install ` +
  'tf2onnx tensorflow)';

const of = (what: string, way: string | ((path: string) => string)): Foreign => ({
  what,
  way: typeof way === 'string' ? () => way : way,
});

const tflite = of(
  'a TensorFlow Lite model',
  (path) => `run python3 -m tf2onnx.convert --tflite ${path} --output model.onnx (pip install tf2onnx tensorflow)`,
);
const savedModel = of(
  'a TensorFlow SavedModel',
  (path) =>
    `run python3 -m tf2onnx.convert --saved-model ${path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.'} ` +
    '--output model.onnx (the folder that it lies in; pip install tf2onnx tensorflow)',
);
const graphDef = of(
  'a TensorFlow graph (GraphDef)',
  (path) =>
    `run python3 -m tf2onnx.convert --graphdef ${path} --inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx ` +
    '(pip install tf2onnx tensorflow)',
);
const coreMl = of(
  'a Core ML model',
  'export to ONNX from the framework that the model was made in; Core ML files cannot be turned back into ONNX',
);
const weights =
  'it holds weights and no network; export the model from its framework, as by torch.onnx.export or optimum-cli ' +
  'export onnx --model NAME folder';

/** Bytes at fixed places. */
const magics: readonly (readonly [offset: number, magic: string, foreign: Foreign])[] = [
  [4, 'TFL3', tflite],
  [4, 'ORTM', of('a model in the ORT format of ONNX Runtime', 'give the .onnx file that it was made from')],
  [4, 'ET12', of('an ExecuTorch program', torch)],
  [0, '\x89HDF\r\n\x1a\n', of('an HDF5 file, as Keras writes models (.h5)', keras)],
  [0, 'GGUF', of('a GGUF file', weights)],
  [
    0,
    'ML\xefR',
    of('MLIR bytecode', 'export to ONNX from the framework that it was made in; MLIR cannot be turned into ONNX'),
  ],
  [0, '\x93NUMPY', of('a NumPy array', 'an array is not a network; give an ONNX file or a layer table')],
  [0, 'BZh', of('a file packed by bzip2', (path) => `run bunzip2 ${path} and give the file that it writes`)],
  [0, '\xfd7zXZ', of('a file packed by xz', (path) => `run unxz ${path} and give the file that it writes`)],
  [0, '7z\xbc\xaf', of('a 7-Zip archive', (path) => `run 7z e ${path} and give the file that it writes`)],
  [0, '\x28\xb5\x2f\xfd', of('a file packed by zstd', (path) => `run unzstd ${path} and give the file that it writes`)],
  [0, 'RKNN', of('a model for Rockchip NPUs', 'give the ONNX file that it was made from')],
  [0, '\x7fELF', of('a program', 'give an ONNX file or a layer table')],
  [0, '%PDF', of('a PDF document', 'give an ONNX file or a layer table')],
  [257, 'ustar', of('a tar archive', (path) => `unpack it with tar -xf ${path} and give the model in it`)],
];

/** A ZIP archive by the names in it. */
const archives: readonly (readonly [name: RegExp, foreign: Foreign])[] = [
  [
    /(^|\/)(serialized_exported_program\.json|archive_format|models\/[^/]*\.json)$/,
    of(
      'a PyTorch program of torch.export (.pt2)',
      (path) =>
        `run in Python: import torch; torch.onnx.export(torch.export.load("${path}"), dynamo=True).save("model.onnx")`,
    ),
  ],
  [/(^|\/)(constants\.pkl|code\/.*)$/, of('a TorchScript program of PyTorch', torch)],
  [/(^|\/)data\.pkl$/, of('a PyTorch file (.pt, .pth)', torch)],
  [/^model\.weights\.h5$/, of('a Keras model (.keras)', keras)],
  [
    /(^|\/)saved_model\.pb$/,
    of(
      'a ZIP archive with a TensorFlow SavedModel',
      (path) => `unzip ${path}, then run python3 -m tf2onnx.convert --saved-model FOLDER --output model.onnx`,
    ),
  ],
  [/\.mlmodel$|Manifest\.json$/, coreMl],
  [/\.npy$/, of('an archive of NumPy arrays (.npz)', 'arrays are not a network; give an ONNX file or a layer table')],
  [
    /^xl\//,
    of(
      'a spreadsheet',
      'save it as CSV in the form of SCALE-Sim (a header, then a layer per line), or write a layer table',
    ),
  ],
  [/\.onnx$/, of('a ZIP archive with an ONNX file', (path) => `run unzip ${path} and give the .onnx file`)],
];

/** A folder by the names in it. */
const folders: readonly (readonly [name: string, foreign: Foreign])[] = [
  [
    'saved_model.pb',
    of(
      'the folder of a TensorFlow SavedModel',
      (path) =>
        `run python3 -m tf2onnx.convert --saved-model ${path} --output model.onnx (pip install tf2onnx tensorflow)`,
    ),
  ],
  [
    'keras_metadata.pb',
    of(
      'the folder of a Keras model',
      (path) =>
        `run python3 -m tf2onnx.convert --saved-model ${path} --output model.onnx (pip install tf2onnx tensorflow)`,
    ),
  ],
  ['Manifest.json', coreMl],
  ['model.onnx', of('a folder with an ONNX file', (path) => `give ${path}/model.onnx`)],
  [
    'config.json',
    of(
      'the folder of a Hugging Face model',
      (path) => `run optimum-cli export onnx --model ${path} folder (pip install optimum) and give folder/model.onnx`,
    ),
  ],
];

export const recogniseFolder = (names: readonly string[]): Foreign | undefined =>
  folders.find(([name]) => names.includes(name))?.[1];

const start = (bytes: Uint8Array, length: number): string => String.fromCharCode(...bytes.subarray(0, length));

/** Undefined for what is text, ONNX, or not known. */
export function recogniseBytes(bytes: Uint8Array): Foreign | undefined {
  const head = start(bytes, 300);
  const found = magics.find(([offset, magic]) => head.startsWith(magic, offset));
  if (found) return found[2];
  if (head.startsWith('PK\x03\x04')) {
    const names = namesInZip(bytes);
    return (
      archives.find(([pattern]) => names.some((n) => pattern.test(n)))?.[1] ??
      of('a ZIP archive', (path) => `run unzip ${path} and give the model in it`)
    );
  }
  if (looksLikeSafetensors(bytes)) return of('a safetensors file', weights);
  if (/^\x80[\x02-\x05]/.test(head))
    return of('a Python pickle, as older PyTorch writes models and weights (.pt, .pth)', torch);
  return looksLikeOnnx(bytes) ? undefined : recogniseProtobuf(bytes);
}

function recogniseProtobuf(bytes: Uint8Array): Foreign | undefined {
  const fields = outerFields(bytes);
  if (!fields) return undefined;
  const keys = [...fields.keys()];
  const within = (...known: number[]) => keys.every((n) => known.includes(n));
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 1 << 20));
  if (fields.get(1) === 'varint' && fields.get(2) === 'bytes' && within(1, 2))
    return /serve|tensorflow|StatefulPartitionedCall|Placeholder|VarHandleOp/.test(text) ? savedModel : undefined;
  if (fields.get(1) === 'varint' && fields.get(2) === 'bytes' && keys.some((n) => n >= 200)) return coreMl;
  if (fields.get(1) === 'bytes' && within(1, 2, 3, 4, 5) && /Placeholder|Const|MatMul|Conv2D|NoOp|Identity/.test(text))
    return graphDef;
  if (keys.includes(100) || (fields.get(1) === 'bytes' && /Convolution|InnerProduct/.test(text)))
    return of(
      'a Caffe model (.caffemodel)',
      'convert it with its prototxt, as by python3 -m caffe2onnx (pip install caffe2onnx), or write a layer table',
    );
  return undefined;
}

/** A length, then a JSON header that begins with a brace. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10) return false;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return length > 1 && length <= bytes.length - 8 && bytes[8] === 0x7b && /^\{\s*"/.test(start(bytes.subarray(8), 20));
}

/** Of local headers, which stand in front of each file; a few say enough. */
function namesInZip(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 30 < bytes.length && names.length < 1000; at++) {
    if (bytes[at] !== 0x50 || view.getUint32(at, true) !== 0x04034b50) continue;
    const length = view.getUint16(at + 26, true);
    names.push(start(bytes.subarray(at + 30), Math.min(length, 500)));
    at += 29 + length;
  }
  return names;
}
