// Files that are made when somebody asks for them: a page of its own, an archive of Verilog.

import { emit, parseDesign, report, zipOf } from 'magnet-accelerator';
import { sectionOf, sound } from './answer/answer.js';
import { withinMemory } from './memory.js';

export async function section(result: string): Promise<string> {
  await Promise.resolve();
  return sectionOf(result);
}

export async function page(result: string): Promise<string> {
  await Promise.resolve();
  return sound(report([result])).html;
}

export const verilog = (design: string): Promise<Uint8Array<ArrayBuffer>> =>
  withinMemory('this archive', async () => zipOf(await emit(sound(parseDesign(design, 'design.json')))));
