#!/usr/bin/env bash
# onnxruntime-web 1.30.0 (CPU, WebAssembly): QuantizeLinear takes int32 by its definition (T1: float, int32 since opset 10, and
# more since), which is how sums of ConvInteger become words again. There is no kernel for it: the session cannot be made.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-web@1.30.0 onnx-proto@8.0.1 > /dev/null
cat > run.mjs <<'JS'
import proto from 'onnx-proto';
import * as ort from 'onnxruntime-web';
const value = (name, elemType, dim) => ({ name, type: { tensorType: { elemType, shape: { dim: dim.map((dimValue) => ({ dimValue })) } } } });
ort.env.wasm.numThreads = 1;
for (const [type, elemType, data] of [['float32', 1, Float32Array.of(3, 5, 7)], ['int32', 6, Int32Array.of(3, 5, 7)]]) {
  const graph = {
    name: 'g', node: [{ opType: 'QuantizeLinear', input: ['x', 's', 'z'], output: ['y'] }],
    initializer: [{ name: 's', dataType: 1, floatData: [2] }, { name: 'z', dataType: 2, int32Data: [0] }],
    input: [value('x', elemType, [3])], output: [value('y', 2, [3])],
  };
  const model = proto.onnx.ModelProto.fromObject({ irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph });
  try {
    const session = await ort.InferenceSession.create(proto.onnx.ModelProto.encode(model).finish(), { executionProviders: ['wasm'] });
    const { y } = await session.run({ x: new ort.Tensor(type, data, [3]) });
    console.log(`${type}: ${[...y.data].join(' ')}`);
  } catch (error) {
    console.log(`${type}: ${/Could not find an implementation for QuantizeLinear/.exec(error.message)?.[0] ?? error.message}`);
  }
}
JS
seen=$(node run.mjs 2> /dev/null)
wanted='float32: 2 2 4
int32: Could not find an implementation for QuantizeLinear'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
