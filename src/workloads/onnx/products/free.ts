// Operators that multiply no two tensors in sums: what they do is element by element, or
// moves, picks, compares and adds.

import { isStandard } from '../graph.js';
import { nhwcDomain, ruleFor } from '../shape-rules.js';
import { isQuantiserDomain, plainName } from '../rules/quantisers.js';

/** Besides those with a shape rule. Interpolation is element by element: its weights are positions, not data. */
const standard = [
  'SequenceConstruct',
  'SequenceAt',
  'SequenceEmpty',
  'SequenceInsert',
  'SequenceErase',
  'SequenceLength',
  'ConcatFromSequence',
  'SplitToSequence',
  'Optional',
  'OptionalHasElement',
  'OptionalGetElement',
  'StringNormalizer',
  'StringConcat',
  'StringSplit',
  'RegexFullMatch',
  'TfIdfVectorizer',
  'ImageDecoder',
  'Unique',
  'MelWeightMatrix',
  'SoftmaxCrossEntropyLoss',
  'NegativeLogLikelihoodLoss',
  'Multinomial',
  'BitCast',
] as const;

const vendor = [
  'BifurcationDetector',
  'BitmaskBiasDropout',
  'DequantizeBFP',
  'QuantizeBFP',
  'DynamicTimeWarping',
  'GatedAdd',
  'MurmurHash3',
  'NGramHashMapping',
  'RemovePadding',
  'RestorePadding',
  'SampleOp',
  'Tokenizer',
  'UnfoldTensor',
  'Unique',
  'VarlenNGramHashMapping',
] as const;

/** Trees compare and add; the others count, look up and scale. */
const learn = [
  'ArrayFeatureExtractor',
  'Binarizer',
  'CastMap',
  'CategoryMapper',
  'DictVectorizer',
  'FeatureVectorizer',
  'Imputer',
  'LabelEncoder',
  'Normalizer',
  'OneHotEncoder',
  'Scaler',
  'TreeEnsemble',
  'TreeEnsembleClassifier',
  'TreeEnsembleRegressor',
  'ZipMap',
] as const;

const quantised = [
  'FMPadding',
  'ConvolutionInputGenerator',
  'StreamingMaxPool',
  'Pool',
  'GlobalAccPool',
  'LabelSelect',
  'UpsampleNearestNeighbour',
  'DownSampler',
  'StreamingDataWidthConverter',
  'StreamingConcat',
  'StreamingSplit',
  'Lookup',
  'IODMA',
  'TLastMarker',
  'MaxPool',
  'Resize',
  'Concat',
] as const;

const includes = (list: readonly string[], name: string) => list.includes(name);

/** For operators that are in no table of products. */
export function isFree({ domain, operator }: { readonly domain: string; readonly operator: string }): boolean {
  if (ruleFor({ domain, operator }) !== undefined) return true;
  if (isStandard(domain) || domain === nhwcDomain) return includes(standard, operator);
  if (domain === 'com.microsoft') return includes(vendor, operator);
  if (domain === 'ai.onnx.ml') return includes(learn, operator);
  if (domain === 'ai.onnx.preview.training') return includes(['Adagrad', 'Adam', 'Momentum'], operator);
  return isQuantiserDomain(domain) && includes(quantised, plainName(operator));
}
