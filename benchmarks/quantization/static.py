"""Static quantization by ONNX Runtime itself, to be compared with: accuracy on labelled samples, as JSON on standard output.

    python static.py MODEL.onnx CALIBRATION.npz TEST.npz

Each .npz has "x" (samples as the network takes them) and, for the test, "y" (labels). Settings are those of the published
method, and were fixed before anything was compared: QDQ format, scales of activations by the smallest and the largest number
seen (MinMax), asymmetric unsigned activations, symmetric signed weights with a scale for each output channel.
"""

import json
import os
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

TYPES = {
    "w8a8": (QuantType.QInt8, QuantType.QUInt8),
    "w4a8": (QuantType.QInt4, QuantType.QUInt8),
    "w4a4": (QuantType.QInt4, QuantType.QUInt4),
}


class Samples(CalibrationDataReader):
    def __init__(self, name, x):
        self.rows = ({name: x[i : i + 50]} for i in range(0, len(x), 50))

    def get_next(self):
        return next(self.rows, None)


def guesses(path, name, x):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    # As the file says it, in floats: what kernels make of it is no part of the method.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    parts = [session.run(None, {name: x[i : i + 100]})[0] for i in range(0, len(x), 100)]
    return np.concatenate(parts).reshape(len(x), -1).argmax(axis=1)


def main(model, calibration, test):
    x = np.load(calibration)["x"].astype(np.float32)
    data = np.load(test)
    images, labels = data["x"].astype(np.float32), data["y"]
    name = onnx.load(model).graph.input[0].name
    found = {"onnxruntime": ort.__version__, "samples": len(x), "float": guesses(model, name, images).tolist()}
    with tempfile.TemporaryDirectory() as folder:
        ready = os.path.join(folder, "ready.onnx")
        # Operator set 21 has words of four bits.
        onnx.save(onnx.version_converter.convert_version(onnx.load(model), 21), ready)
        quant_pre_process(ready, ready, skip_symbolic_shape=True)
        for bits, (weights, activations) in TYPES.items():
            made = os.path.join(folder, bits + ".onnx")
            quantize_static(
                ready,
                made,
                Samples(name, x),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                weight_type=weights,
                activation_type=activations,
                calibrate_method=CalibrationMethod.MinMax,
            )
            found[bits] = guesses(made, name, images).tolist()
    found["right"] = {k: float(np.mean(np.array(v) == labels)) for k, v in found.items() if isinstance(v, list)}
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
