// Fields of ONNX that the descriptor does not have.

/**
 * What ONNX 1.15 and 1.16 (IR versions 9 and 10) added that matters for shapes: field, number,
 * type, and whether it is a list.
 */
export const laterFields: Readonly<
  Record<string, readonly (readonly [string, number, string, 'repeated' | undefined])[]>
> = {
  NodeProto: [['overload', 8, 'string', undefined]],
  FunctionProto: [
    ['attributeProto', 11, 'AttributeProto', 'repeated'],
    ['valueInfo', 12, 'ValueInfoProto', 'repeated'],
    ['overload', 13, 'string', undefined],
  ],
};
