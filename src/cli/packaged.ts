// A trained network and labelled samples that come with magnet, by name: trained/README.md says where they are from.

import { readFileSync } from 'node:fs';

/** Beside sources and what is made of them, which lie as deep in the package. */
const folder = new URL('../../trained/', import.meta.url);

interface PackagedNetwork {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  /** Samples that it is usually judged by, and those that set its scales. */
  readonly data: string;
  readonly calibrate: string;
}

const networks: readonly PackagedNetwork[] = [
  {
    name: 'fashion-resnet8',
    file: 'fashion-resnet8.onnx',
    source: 'three residual blocks trained on Fashion-MNIST, 1 x 28 x 28, with labelled samples (trained/README.md)',
    data: 'fashion-mnist#test',
    calibrate: 'fashion-mnist#validation',
  },
];

export const packagedNames: readonly string[] = networks.map(({ name }) => name);

/** Capitals do not matter. */
export const packagedNetwork = (name: string): PackagedNetwork | undefined =>
  networks.find((n) => n.name === name.toLowerCase());

/** The ONNX file of a network of that name. */
export function packagedFile(name: string): Uint8Array | undefined {
  const found = packagedNetwork(name);
  return found && new Uint8Array(readFileSync(new URL(found.file, folder)));
}

interface PackagedSamples {
  /** A .npz file with two of its arrays. */
  readonly bytes: Uint8Array;
  readonly images: string;
  readonly labels: string;
  /** Of the classes, by their labels. */
  readonly names: readonly string[];
}

const fashionClasses = [
  'T-shirt or top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

/** `fashion-mnist#test` and `fashion-mnist#validation`. */
export function packagedSamples(name: string): PackagedSamples | undefined {
  const [, file, part] = /^(fashion-mnist)#(test|validation)$/i.exec(name) ?? [];
  if (file === undefined || part === undefined) return undefined;
  const bytes = new Uint8Array(readFileSync(new URL(`${file.toLowerCase()}.npz`, folder)));
  return {
    bytes,
    images: `${part.toLowerCase()}_images`,
    labels: `${part.toLowerCase()}_labels`,
    names: fashionClasses,
  };
}
