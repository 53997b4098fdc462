// What a file holds, whatever it is called: told by its content; what other tools wrote is named with how to convert it.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Format } from '../interchange/document.js';
import type { DataKind } from '../interchange/foreign/foreign-data.js';
import { recogniseData } from '../interchange/foreign/foreign-data.js';
import { looksLikeMaestro, readMaestro } from '../interchange/foreign/maestro.js';
import type { ForeignNetwork } from '../interchange/foreign/foreign-network.js';
import { looksLikeOnnx } from '../interchange/foreign/protobuf.js';
import { recogniseFolder } from '../interchange/foreign/recognise.js';
import { looksLikeScaleSim, readScaleSim } from '../interchange/foreign/scalesim.js';
import { foreignFile, formatIn, formatOf, located, notRead, readBytes, stem, unpacked } from './files.js';
import type { Io } from './io.js';
import { packagedFile } from './packaged.js';

export type Content =
  | { readonly kind: 'onnx'; readonly bytes: Uint8Array }
  | { readonly kind: 'network'; readonly read: Parsed<ForeignNetwork> }
  /** YAML or JSON; whoever parses it says what is wrong with it. */
  | { readonly kind: 'data'; readonly format: Format }
  | { readonly kind: 'unknown' };

/** Refused where it cannot be read, or is another tool's. */
export function contentOf(io: Io, path: string, wanted: string): Parsed<Content> {
  const packaged = packagedFile(path);
  if (packaged) return parsed({ kind: 'onnx', bytes: packaged });
  const given = readBytes(io, path);
  if (!given.ok) return foreignFolder(io, path, wanted) ?? given;
  const bytes = unpacked(path, given.value);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0 && formatOf(path) === undefined && !/\.onnx(\.gz)?$/i.test(path))
    return refuse('malformed', [], `${path}: the file is empty; expected ${wanted}`);
  if (looksLikeOnnx(bytes.value)) return parsed({ kind: 'onnx', bytes: bytes.value });
  const foreign = foreignFile(path, bytes.value, wanted);
  if (foreign) return foreign;
  const text = new TextDecoder().decode(bytes.value);
  const name = stem(path);
  if (looksLikeScaleSim(text)) return parsed({ kind: 'network', read: located(path, readScaleSim(text, name)) });
  if (looksLikeMaestro(text)) return parsed({ kind: 'network', read: located(path, readMaestro(text, name)) });
  if (/\.onnx(\.gz)?$/i.test(path)) return parsed({ kind: 'onnx', bytes: bytes.value });
  const format = formatIn(io, path, bytes.value);
  return parsed(format ? { kind: 'data', format } : { kind: 'unknown' });
}

/** Some tools write folders. */
function foreignFolder(io: Io, path: string, wanted: string): Parsed<never> | undefined {
  try {
    const found = recogniseFolder(io.list(path) ?? []);
    return found && notRead(path, found, wanted);
  } catch {
    return undefined;
  }
}

/** The complaint about data that are something else than what was wanted; undefined for what is of a wanted kind, or not told. */
export function otherThan(
  path: string,
  data: unknown,
  wanted: readonly DataKind[],
  expected: string,
): Parsed<never> | undefined {
  const found = recogniseData(data);
  return found && !wanted.includes(found.kind)
    ? refuse('other-file', [], `${path} is ${found.what}, expected ${expected}; ${found.way(path)}`)
    : undefined;
}
