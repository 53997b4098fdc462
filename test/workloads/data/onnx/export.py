# The torch-*.onnx files: small networks through PyTorch's exporter (Debian's python3-torch 1.13.0a0, python3-onnx 1.12.0), without
# the numbers of their larger weights: python3 export.py FOLDER
import sys, warnings
import onnx, torch
from torch import nn
warnings.filterwarnings('ignore')
out = sys.argv[1]
torch.manual_seed(1)
class First(nn.Module):
    def __init__(s, m): super().__init__(); s.m = m
    def forward(s, x): return s.m(x)[0]
class MHA(nn.Module):
    def __init__(s): super().__init__(); s.a = nn.MultiheadAttention(16, 4, batch_first=True)
    def forward(s, x): return s.a(x, x, x)[0]
class ScanLoop(nn.Module):
    def __init__(s): super().__init__(); s.w = nn.Parameter(torch.zeros(8, 8))
    def forward(s, x, n: int):
        for i in range(n): x = torch.tanh(torch.mm(x, s.w))
        return x
class FixedLoop(nn.Module):
    def __init__(s): super().__init__(); s.l = nn.Linear(8, 8)
    def forward(s, x):
        for i in range(5): x = torch.tanh(s.l(x))
        return x
class Branch(nn.Module):
    def __init__(s): super().__init__(); s.a = nn.Linear(8, 4); s.b = nn.Linear(8, 4)
    def forward(s, x):
        if x.sum() > 0: y = s.a(x)
        else: y = s.b(x)
        return y
class Grow(nn.Module):
    def __init__(s): super().__init__(); s.w = nn.Parameter(torch.zeros(8, 8))
    def forward(s, x):
        h = x
        for i in range(3): h = torch.cat([h, torch.mm(h, s.w)], 0)
        return h
class Ein(nn.Module):
    def forward(s, a, b): return torch.einsum('bihd,bjhd->bhij', a, b)
nets = {
 'lstm': (First(nn.LSTM(8, 16, 2, bidirectional=True)), (torch.zeros(5, 3, 8),), {'input': {0: 'steps', 1: 'batch'}}),
 'lstm-first': (First(nn.LSTM(8, 16, batch_first=True)), (torch.zeros(3, 5, 8),), {'input': {0: 'batch', 1: 'steps'}}),
 'gru': (First(nn.GRU(8, 16)), (torch.zeros(5, 3, 8),), {'input': {0: 'steps', 1: 'batch'}}),
 'rnn': (First(nn.RNN(8, 16)), (torch.zeros(5, 3, 8),), {'input': {0: 'steps', 1: 'batch'}}),
 'mha': (MHA(), (torch.zeros(2, 6, 16),), {'input': {0: 'batch', 1: 'tokens'}}),
 'encoder': (nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (torch.zeros(2, 6, 16),), {'input': {0: 'batch', 1: 'tokens'}}),
 'deconv1': (nn.ConvTranspose1d(4, 6, 5, 3, 1, 2, 2, True, 2), (torch.zeros(2, 4, 7),), {'input': {0: 'batch', 2: 'length'}}),
 'deconv2': (nn.ConvTranspose2d(4, 6, (3, 4), (2, 3), (1, 2), (1, 0)), (torch.zeros(1, 4, 5, 6),), {'input': {0: 'batch'}}),
 'deconv3': (nn.ConvTranspose3d(2, 3, 2, 2), (torch.zeros(1, 2, 3, 4, 5),), {'input': {0: 'batch'}}),
 'conv1': (nn.Sequential(nn.Conv1d(4, 8, 3, padding=1), nn.ReLU(), nn.Conv1d(8, 8, 3, stride=2, dilation=2, groups=4)), (torch.zeros(1, 4, 20),), {'input': {0: 'batch'}}),
 'conv3': (nn.Sequential(nn.Conv3d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv3d(4, 4, (1, 3, 3), stride=(2, 1, 1))), (torch.zeros(1, 2, 6, 7, 8),), {'input': {0: 'batch'}}),
 'branch': (torch.jit.script(Branch()), (torch.zeros(2, 8),), None),
 'loop': (torch.jit.script(FixedLoop()), (torch.zeros(2, 8),), None),
 'open-loop': (torch.jit.script(ScanLoop()), (torch.zeros(2, 8), torch.tensor(4)), None),
 'grow': (torch.jit.script(Grow()), (torch.zeros(2, 8),), None),
 'einsum': (Ein(), (torch.zeros(2, 3, 4, 5), torch.zeros(2, 7, 4, 5)), None),
}

def strip(graph):
    tensors = list(graph.initializer) + [a.t for n in graph.node for a in n.attribute if a.type == onnx.AttributeProto.TENSOR]
    for t in tensors:
        if torch.Size(t.dims).numel() > 64 and t.data_type == onnx.TensorProto.FLOAT:
            t.ClearField('raw_data')
    for n in graph.node:
        n.ClearField('doc_string')
        for a in n.attribute:
            if a.type == onnx.AttributeProto.GRAPH: strip(a.g)

for name, (net, args, axes) in nets.items():
    for opened in ([False, True] if axes else [False]):
        file = f'{out}/torch-{name}{"-open" if opened else ""}.onnx'
        torch.onnx.export(net.eval(), args, file, input_names=['input', 'second'][:len(args)], dynamic_axes=axes if opened else None, opset_version=14)
        model = onnx.load(file)
        strip(model.graph)
        onnx.save(model, file)
