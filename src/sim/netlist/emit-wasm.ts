// Scheduled statements as WebAssembly functions, each small enough for the engine's optimiser.

import type { Node, Storage } from './nodes.js';
import type { Store } from './state.js';
import type { Schedule, Statement } from './schedule.js';
import { operandsOf } from './store-order.js';
import { Code, opcode, sizeOf, type BinaryOp, type CompareOp, type StoreOp, type UnaryOp } from '../../base/wasm.js';

/** Takes places in linear memory one after the other. */
export interface Allocator {
  take: (bytes: number) => number;
}

/**
 * The functions, to be called in order. Values that one function computes and another needs go through memory. All
 * storages must have their addresses. A function ends after `functionSize` nodes.
 */
export function emitFunctions(
  { statements, nodes: nodeCount }: Schedule,
  allocator: Allocator,
  functionSize: number,
): readonly Code[] {
  const chunkOf = new Int32Array(nodeCount).fill(-1);
  const spillOf = new Map<number, number>();
  const chunks = split();
  const defined = new Uint8Array(nodeCount);
  return chunks.map(emitChunk);

  /** Cuts the list into functions and finds the values that cross a cut. */
  function split(): readonly (readonly Statement[])[] {
    const lists: Statement[][] = [[]];
    let size = 0;
    const visit = (node: Node): void => {
      const from = chunkOf[node.id]!;
      if (from === -1) {
        size++;
        node.args.forEach(visit);
      } else if (from < lists.length - 1 && node.op !== 'buffer' && !spillOf.has(node.id))
        spillOf.set(node.id, allocator.take(sizeOf(node.type) / 8));
    };
    for (const statement of statements) {
      if (size > functionSize) {
        lists.push([]);
        size = 0;
      }
      lists.at(-1)!.push(statement);
      if (statement.within) visit(statement.within);
      if (statement.guard) visit(statement.guard);
      if (statement.kind === 'store') operandsOf(statement.store).forEach(visit);
      else if (chunkOf[statement.node.id] === -1) {
        visit(statement.node);
        chunkOf[statement.node.id] = lists.length - 1;
      }
    }
    return lists;
  }

  function emitChunk(list: readonly Statement[], chunk: number): Code {
    const code = new Code();
    const locals = new Map<number, number>();
    /** The conditions that are open here, outermost first. */
    const open: Node[] = [];
    for (const statement of list) {
      const { within, guard } = statement;
      enter([...(within ? [within] : []), ...(guard && guard !== within ? [guard] : [])]);
      if (statement.kind === 'store') emitStore(statement.store);
      else if (!defined[statement.node.id]) emitLet(statement.node);
    }
    enter([]);
    return code;

    function enter(conditions: readonly Node[]): void {
      const common = conditions.findIndex((c, i) => open[i] !== c);
      const keep = common === -1 ? conditions.length : common;
      while (open.length > keep) {
        open.pop();
        code.end();
      }
      for (const condition of conditions.slice(keep)) {
        value(condition);
        code.if();
        open.push(condition);
      }
    }

    function emitLet(node: Node): void {
      if (node.op === 'buffer') {
        node.args.forEach((limb, i) => {
          if (limb.op === 'const' && limb.value === 0n) return;
          code.constant('i32', 0n);
          value(limb);
          code.memory('i32.store', node.storage.address + 4 * i);
        });
      } else {
        value(node);
        const local = code.local(node.type);
        locals.set(node.id, local);
        code.set(local);
        const spill = spillOf.get(node.id);
        if (spill !== undefined) code.constant('i32', 0n).get(local).memory(`${node.type}.store`, spill);
      }
      defined[node.id] = 1;
    }

    /** Leaves the node's value on the stack. */
    function value(node: Node): void {
      const local = locals.get(node.id);
      if (local !== undefined) code.get(local);
      else if (defined[node.id] && chunkOf[node.id]! < chunk)
        code.constant('i32', 0n).memory(`${node.type}.load`, spillOf.get(node.id)!);
      else if (node.op === 'const') code.constant(node.type, node.value);
      else if (node.op === 'load') emitLoad(node);
      else if (node.op === 'select') {
        const [condition, yes, no] = node.args;
        [yes!, no!, condition!].forEach(value);
        code.select(node.type);
      } else if (node.op === 'vector') emitVector(node.args);
      else if (node.op === 'low' || node.op === 'high' || node.op === 'pairs' || node.op === 'add4') {
        node.args.forEach(value);
        code.vector(node.op);
      } else if (node.op === 'lane') {
        node.args.forEach(value);
        code.lane('extract', node.lane);
      } else {
        node.args.forEach(value);
        code.op(opcode(node.args[0]!.type, node.op as BinaryOp | CompareOp | UnaryOp));
      }
    }

    function emitVector([first, ...more]: readonly Node[]): void {
      value(first!);
      code.vector('splat');
      more.forEach((limb, i) => {
        value(limb);
        code.lane('replace', i + 1);
      });
    }

    function emitLoad(node: Node & { readonly op: 'load' }): void {
      const { storage, offset, width, signed, type } = node;
      const [byte, within] = [storage.address + (offset >> 3), offset & 7];
      if (node.args[0]) value(node.args[0]);
      else code.constant('i32', 0n);
      if (width === 128) return void code.memory('v128.load', byte);
      if (within === 0 && (width === 8 || width === 16)) {
        code.memory(`i32.load${width}_${signed ? 's' : 'u'}`, byte);
        return;
      }
      const wide = within + width > 32;
      const size = wide ? 64 : 32;
      const full = wide ? 'i64' : 'i32';
      code.memory(`${full}.load`, byte);
      const shift = (op: 'shl' | 'shr_u' | 'shr_s', by: number) =>
        by > 0 && code.constant(full, BigInt(by)).op(opcode(full, op));
      if (isClean(storage, offset, width, size) && !signed) shift('shr_u', within);
      else {
        // The wanted bits to the top, and down again with what should stand above them.
        shift('shl', size - within - width);
        shift(signed ? 'shr_s' : 'shr_u', size - width);
      }
      if (wide && type === 'i32') code.op(opcode('i64', 'wrap'));
    }

    function emitStore({ storage, offset, width, value: stored, at, mask }: Store): void {
      const byte = storage.address + (offset >> 3);
      const type = stored.type;
      const address = () => (at ? value(at) : void code.constant('i32', 0n));
      address();
      if (mask) {
        // old ^ ((old ^ new) & mask) would load twice; this loads once.
        address();
        code.memory(`${type}.load`, byte);
        value(mask);
        code.constant(type, -1n).op(opcode(type, 'xor'), opcode(type, 'and'));
        value(stored);
        value(mask);
        code.op(opcode(type, 'and'), opcode(type, 'or'));
      } else value(stored);
      const op: StoreOp =
        !mask && type === 'i32' && (width === 8 || width === 16) ? `i32.store${width}` : `${type}.store`;
      code.memory(op, byte);
    }
  }
}

/** Whether the bits above are 0 anyway, because they end the word and the load does not go beyond its place. */
const isClean = ({ width: whole }: Storage, offset: number, width: number, size: number): boolean =>
  whole <= 64 && offset + width === whole && (offset & ~7) + size <= 32 * Math.ceil(whole / 32);

/** Widths that are stored as they are: what stands above does not get into memory. */
export const isStoredRaw = (width: number, node: Node): boolean =>
  width === 8 || width === 16 || width === sizeOf(node.type);
