#!/usr/bin/env bash
# onnxruntime-web 1.30.0 (CPU, WebAssembly): MaxPool of opset 12, kernel 1, stride 3, ceil_mode 1 over 5 values. The formula of
# the operator gives ceil((5 - 1) / 3 + 1) = 3 windows; the third would begin behind the image. Shape inference notes 3 and the
# kernel computes 2: the session warns and returns the shorter tensor, so whoever planned memory by the noted shape is wrong.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-web@1.30.0 onnx-proto@8.0.1 > /dev/null
cat > run.mjs <<'JS'
import proto from 'onnx-proto';
import * as ort from 'onnxruntime-web';
const value = (name, dims) => ({ name, type: { tensorType: { elemType: 1, ...(dims && { shape: { dim: dims.map((dimValue) => ({ dimValue })) } }) } } });
const node = {
  opType: 'MaxPool', input: ['x'], output: ['y'],
  attribute: [{ name: 'kernel_shape', type: 7, ints: [1] }, { name: 'strides', type: 7, ints: [3] }, { name: 'ceil_mode', type: 2, i: 1 }],
};
const model = proto.onnx.ModelProto.fromObject({ irVersion: 8, opsetImport: [{ domain: '', version: 12 }], graph: { name: 'g', node: [node], input: [value('x', [1, 1, 5])], output: [value('y')] } });
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(proto.onnx.ModelProto.encode(model).finish(), { executionProviders: ['wasm'] });
const noted = session.outputMetadata[0].shape;
const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4, 5), [1, 1, 5]) });
console.log(`noted ${noted.join('x')}, computed ${y.dims.join('x')}: ${[...y.data].join(' ')}`);
JS
seen=$(node run.mjs 2> /dev/null)
wanted='noted 1x1x3, computed 1x1x2: 1 4'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
