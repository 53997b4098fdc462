// Files that are made when somebody asks for them: a page of its own, an archive of Verilog.

import { emit, parseDesign, printDiagnostic, report, zipOf } from 'magnet-accelerator';
import type { Parsed } from 'magnet-accelerator';

function sound<T>(p: Parsed<T>): T {
  if (!p.ok) throw new Error(p.diagnostics.map(printDiagnostic).join('\n'));
  return p.value;
}

export async function page(result: string): Promise<string> {
  await Promise.resolve();
  return sound(report([result])).html;
}

export const verilog = async (design: string): Promise<Uint8Array<ArrayBuffer>> =>
  zipOf(await emit(sound(parseDesign(design, 'design.json'))));
