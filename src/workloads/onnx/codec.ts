// ONNX files read and written by protobufjs, which makes functions of the descriptor.

import type { Type } from 'protobufjs';
import protobuf from 'protobufjs/light.js';
import { onnxDescriptor } from './descriptor.js';
import { laterFields } from './later-fields.js';

/** Messages as `wire.ts` has them, and their bytes. */
export interface Codec {
  /** Throws where the bytes are no such message. */
  readonly decode: (bytes: Uint8Array) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
}

let codec: Type | undefined;
/** Built on first use: nothing happens at import. */
export function modelCodec(): Codec {
  if (codec === undefined) {
    const root = protobuf.Root.fromJSON(onnxDescriptor);
    for (const [message, fields] of Object.entries(laterFields)) {
      for (const [name, id, type, rule] of fields)
        root.lookupType(`onnx.${message}`).add(new protobuf.Field(name, id, type, rule));
    }
    codec = root.lookupType('onnx.ModelProto');
  }
  return codec;
}
