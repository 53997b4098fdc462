#!/usr/bin/env bash
# onnxruntime-web 1.30.0 (CPU, WebAssembly): zero points per row of MatMulInteger's first input and per output channel of ConvInteger's weights,
# which the operators' text allows since opset 10, are refused when the model runs, not when it is read.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-web@1.30.0 onnx-proto@8.0.1 > /dev/null
cat > run.mjs <<'JS'
import proto from 'onnx-proto';
import * as ort from 'onnxruntime-web';
ort.env.wasm.numThreads = 1;
const codes = { float32: 1, uint8: 2, int8: 3, int32: 6 };
const typed = (name, type, dims) => ({ name, type: { tensorType: { elemType: codes[type], ...(dims && { shape: { dim: dims.map((dimValue) => ({ dimValue })) } }) } } });
/** One node as a model: inputs are [name, type, dims, numbers]. Its noted shape and its result, or the first words of the error. */
async function ask(opType, attribute, inputs, output, version) {
  const graph = { name: 'g', node: [{ opType, attribute, input: inputs.map(([n]) => n), output: ['y'] }], input: inputs.map(([n, t, d]) => typed(n, t, d)), output: [typed('y', output)] };
  const model = proto.onnx.ModelProto.fromObject({ irVersion: 9, opsetImport: [{ domain: '', version }], graph });
  try {
    const session = await ort.InferenceSession.create(proto.onnx.ModelProto.encode(model).finish(), { executionProviders: ['wasm'], logSeverityLevel: 4 });
    const { y } = await session.run(Object.fromEntries(inputs.map(([n, t, d, v]) => [n, new ort.Tensor(t, v, d)])));
    return `noted ${session.outputMetadata[0].shape.join('x')}, computed ${y.dims.join('x')}: ${[...y.data].join(' ')}`;
  } catch (error) {
    return `refused: ${/(LRN|Dilation not supported[^.]*|Must be [^.]*|size[^.]*|ZeroPoint[^.]*|zero[_ ]point[^.]*)/i.exec(error.message)?.[0] ?? error.message}`;
  }
}
const ints = (name, values) => ({ name, type: 7, ints: values });
const text = (name, value) => ({ name, type: 3, s: Buffer.from(value) });
const two = ['x', 'uint8', [2, 2], Uint8Array.of(5, 6, 7, 8)];
const ones = ['w', 'uint8', [2, 2], Uint8Array.of(1, 1, 1, 1)];
console.log('per tensor', await ask('MatMulInteger', [], [two, ones, ['z', 'uint8', [], Uint8Array.of(5)]], 'int32', 10));
console.log('per row', await ask('MatMulInteger', [], [two, ones, ['z', 'uint8', [2], Uint8Array.of(5, 7)]], 'int32', 10));
const image = ['x', 'uint8', [1, 1, 3], Uint8Array.of(5, 6, 7)];
const kernels = ['w', 'uint8', [2, 1, 3], Uint8Array.of(1, 1, 1, 2, 2, 2)];
const zero = ['xz', 'uint8', [], Uint8Array.of(0)];
console.log('per channel', await ask('ConvInteger', [], [image, kernels, zero, ['wz', 'uint8', [2], Uint8Array.of(1, 2)]], 'int32', 10));
JS
seen=$(node run.mjs 2> /dev/null)
wanted='per tensor noted 2x2, computed 2x2: 1 1 5 5
per row refused: zero_point) was false
per channel refused: Zero_Point) was false'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
