#!/usr/bin/env bash
# onnxruntime-web 1.30.0 (CPU, WebAssembly): LRN with an even size is refused, though the operator's text has floor((size - 1) / 2) channels on one
# side and ceil((size - 1) / 2) on the other just for that.
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
const x = ['x', 'float32', [1, 3, 1, 1], Float32Array.of(1, 2, 3)];
for (const size of [3, 2]) console.log(`size ${size}:`, (await ask('LRN', [{ name: 'size', type: 2, i: size }], [x], 'float32', 13)).split(',')[0].split(':')[0]);
JS
seen=$(node run.mjs 2> /dev/null)
wanted='size 3: noted 1x3x1x1
size 2: refused'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
