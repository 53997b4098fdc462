// Synthesis to gates for area: module by module, each distinct one once, memories left out and listed.

import { defined, entry, got, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { runYosys } from '../yosys.js';
import type { Design, DesignModule, Place } from './synth-design.js';
import { groupBy } from '../../base/group-by.js';
import { childrenOf, memoryOf, placesOf, readDesign } from './synth-design.js';
import type { Library } from './liberty/library.js';
import { readLibrary } from './liberty/library.js';
import { magnetLiberty } from './liberty/own.js';

export interface SynthesisTask {
  readonly verilog: readonly { readonly path: string; readonly text: string }[];
  readonly top: string;
  /** Modules that wrap memories. */
  readonly blackboxes: readonly string[];
  /** Modules that are made of memories: those are told by the instance of such a module. */
  readonly buffers?: readonly string[];
  /** A library of our own without it. */
  readonly library?: Library;
  /** By the machine's own Yosys instead of the one in WebAssembly. */
  readonly native: boolean;
}

export interface SynthesizedModule {
  /** The Verilog name, with the parameters that tell it from its sisters. */
  readonly name: string;
  /** In the whole chip. */
  readonly instances: number;
  readonly places: readonly Place[];
  /** Of one instance, without the modules inside it; areas in um2 of cells, before placement. */
  readonly cells: number;
  readonly area: number;
  /** The area in gates: that of the smallest NAND of two inputs. */
  readonly gates: number;
}

export interface SynthesizedMemory {
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly instances: number;
  /** The name of the instance, and where the module that holds it stands. */
  readonly instance: string;
  readonly path: readonly string[];
  /** Of one instance. */
  readonly bits: number;
  /** `1rw`, `1r1w` ... */
  readonly ports: string;
}

export interface Synthesis {
  readonly library: string;
  readonly modules: readonly SynthesizedModule[];
  readonly memories: readonly SynthesizedMemory[];
  readonly seconds: number;
  /** What Yosys warned of; empty is clean. */
  readonly check: readonly string[];
}

/** Placed, mm2; 0 where there is no such thing. */
export interface PartArea {
  /** Cells of the library. */
  readonly logic: number;
  /** Macros of the technology. */
  readonly memories: number;
  /** Both together; null where they are of different nodes. */
  readonly synthesized: number | null;
  readonly model: number;
}

/** Areas of the whole chip, part by part and in all. */
export interface AreaComparison {
  readonly parts: readonly ({ readonly part: string } & PartArea)[];
  readonly total: PartArea;
  /** um2 of the smallest NAND of two inputs: of the library, and as the technology has it. */
  readonly nand2: { readonly library: number; readonly technology: number };
}

/** What is told of a machine: its modules, and its area beside the model's. */
export interface SynthResult extends AreaComparison {
  readonly library: string;
  readonly modules: readonly Pick<SynthesizedModule, 'name' | 'instances' | 'cells' | 'area' | 'gates'>[];
  readonly memories?: readonly SynthesizedMemory[];
  readonly seconds: number;
  readonly check?: readonly string[];
  /** How the library was read. */
  readonly notes?: readonly string[];
}

/** `done` of `of` steps; `module` is the one that comes next. */
export type SynthesisProgress = (done: number, of: number, module: string) => void;

/**
 * From generic gates to the cells of `cells.lib`. Yosys' own scripts for ABC sweep the logic by SAT (`fraig`, `scorr`),
 * which does not end on sums of products. This one does without and, mapping for area, gives 10 % less of it for a dot
 * product than a mapping for delay.
 */
export const mapToLibrary = [
  'dfflibmap -liberty cells.lib',
  'opt',
  'abc -script +strash;dch,-f;amap,-m -liberty cells.lib',
] as const;

/** Read once; its cells are no secret. */
export function magnetLibrary(): Library {
  const library = readLibrary([{ path: 'magnet', text: magnetLiberty() }]);
  invariant('areas' in library, 'our own library is whole');
  return { ...library, notes: [] };
}

/** Throws with a sentence where Yosys refuses the Verilog. */
export async function synthesize(task: SynthesisTask, progress: SynthesisProgress): Promise<Synthesis> {
  const begin = performance.now();
  const library = task.library ?? magnetLibrary();
  const run = task.native ? (await import('../native/native-yosys.js')).runNativeYosys : runYosys;

  const { design, warnings } = await elaborate(task, run);
  const places = placesOf(design);
  const own = design.modules.filter((m) => !task.blackboxes.includes(m.base));
  const groups = [...groupBy(own, (m) => m.base)];
  const mapped = new Map<string, Mapped>();
  for (const [done, [base, group]] of groups.entries()) {
    progress(done, groups.length, base);
    for (const [key, m] of await mapToCells(group, design, library, run)) mapped.set(key, m);
  }
  progress(groups.length, groups.length, design.top.base);

  const modules = own.map((m): SynthesizedModule => {
    const { cells, area } = got(mapped, m.key);
    const at = got(places, m.key);
    return {
      name: m.name,
      instances: at.reduce((n, p) => n + p.instances, 0),
      places: at,
      cells,
      area,
      gates: area / library.gate,
    };
  });
  return {
    library: library.name,
    modules,
    memories: memoriesOf(design, own, task.buffers ?? [], places),
    seconds: (performance.now() - begin) / 1000,
    check: [...new Set([...warnings, ...[...mapped.values()].flatMap((m) => m.findings)])],
  };
}

type Run = typeof runYosys;

/** Reads the Verilog and builds the design, without gates; `warnings` is empty where Yosys has nothing to say. */
export async function elaborate(
  { verilog, top }: Pick<SynthesisTask, 'verilog' | 'top'>,
  run: Run = runYosys,
): Promise<{ design: Design; warnings: readonly string[] }> {
  // A design is at most a few dozen files with names of their own: folders are not needed to tell them apart.
  const files = Object.fromEntries(verilog.map(({ path, text }) => [path.replace(/[^\w.-]/g, '_'), text]));
  const script = [
    ...Object.keys(files).map((f) => `read_verilog ${f}`),
    `hierarchy -check -top ${top}`,
    'proc',
    'opt_clean',
    'check',
    // Yosys makes the address of a write that does not happen unknown: with it one port looks like two.
    'opt_expr -mux_undef',
    'opt_clean',
    'memory_collect',
    'opt_clean',
    'write_json design.json',
  ];
  const { files: written, log } = await run(files, script.join('\n'));
  const design = readDesign(entry(written, 'design.json'), top);
  return {
    design,
    warnings: findingsOf(
      log,
      design.modules.map((m) => [m.key, m.name]),
    ),
  };
}

interface Mapped {
  readonly cells: number;
  readonly area: number;
  readonly findings: readonly string[];
}

/** Maps modules to cells of the library; what is inside them stays a box. */
async function mapToCells(
  group: readonly DesignModule[],
  design: Design,
  { liberty, areas }: Library,
  run: Run,
): Promise<readonly (readonly [string, Mapped])[]> {
  const alias = new Map(design.modules.map((m, i) => [m.key, `module_${i}_`]));
  const known = Object.fromEntries(alias);
  const box = (key: string): object => {
    const { ports } = defined(design.modules.find((m) => m.key === key)).source;
    return { attributes: { blackbox: '1' }, ports, cells: {}, netnames: {} };
  };
  const boxes = new Set(group.flatMap((m) => [...childrenOf(m.source, known).keys()]));
  const renamed = ({ source }: DesignModule): object => ({
    ...source,
    // A name of the source would bring its parameters back.
    attributes: {},
    parameter_default_values: {},
    cells: Object.fromEntries(
      Object.entries(source.cells).map(([name, c]) => [name, { ...c, type: alias.get(c.type) ?? c.type }]),
    ),
  });
  const modules = Object.fromEntries<object>([
    ...[...boxes].map((key) => [got(alias, key), box(key)] as const),
    ...group.map((m) => [got(alias, m.key), renamed(m)] as const),
  ]);
  const script = ['read_json modules.json', 'synth -noabc', ...mapToLibrary, 'opt_clean', 'write_json mapped.json'];
  const { files, log } = await run(
    { 'modules.json': JSON.stringify({ modules }), 'cells.lib': liberty },
    script.join('\n'),
  );
  const mapped = (JSON.parse(entry(files, 'mapped.json')) as { modules: Record<string, DesignModule['source']> })
    .modules;

  return group.map((m) => {
    const types = Object.values(entry(mapped, alias.get(m.key)!).cells)
      .map((c) => c.type)
      .filter((type) => !Object.hasOwn(modules, type));
    const strange = [...new Set(types.filter((type) => !areas.has(type)))].map(
      (type) => `${m.name}: the library has no cell for ${type}`,
    );
    const findings = [...findingsOf(log, [[got(alias, m.key), m.name]]).filter((f) => f.includes(m.name)), ...strange];
    return [
      m.key,
      { cells: types.length, area: types.reduce((a, type) => a + (areas.get(type) ?? 0), 0), findings },
    ] as const;
  });
}

/** Warnings in a log, each with the lines that are indented under it, modules by the names that people know. */
function findingsOf(log: string, names: readonly (readonly [string, string])[]): readonly string[] {
  const found = [...log.matchAll(/^Warning: (.*(?:\n {4}.*)*)/gm)].map((m) => nth(m, 1).replace(/\n\s+/g, '; '));
  return found.map((text) =>
    names.reduce((t, [key, name]) => t.replaceAll(key, name).replaceAll(`\\${name}`, name), text),
  );
}

/** Memories by the place of their instance, or of the buffer that is made of them. */
function memoriesOf(
  design: Design,
  own: readonly DesignModule[],
  buffers: readonly string[],
  places: ReadonlyMap<string, readonly Place[]>,
): readonly SynthesizedMemory[] {
  const boxes = new Map(design.modules.filter((m) => !own.includes(m)).map((m) => [m.key, m]));
  /** Where a buffer stands, under each name that it has there. */
  const uses = (buffer: DesignModule) =>
    own.flatMap((holder) => {
      const inside = Object.entries(holder.source.cells).filter(([, c]) => c.type === buffer.key);
      return [...groupBy(inside, ([name]) => unnumbered(name))].flatMap(([instance, cells]) =>
        got(places, holder.key).map((p) => ({
          instance,
          path: [...p.path, buffer.base],
          instances: cells.length * p.instances,
        })),
      );
    });
  return own.flatMap((holder) => {
    const inside = Object.entries(holder.source.cells).filter(([, c]) => boxes.has(c.type));
    const kinds = groupBy(inside, ([name, c]) => `${unnumbered(name)} ${c.type}`);
    return [...kinds].flatMap(([kind, cells]) => {
      const box = got(boxes, nth(cells, 0)[1].type);
      const { bits, ports } = memoryOf(box.source);
      const instance = kind.slice(0, kind.indexOf(' '));
      const at = buffers.includes(holder.base)
        ? uses(holder)
        : got(places, holder.key).map((p) => ({ ...p, instance }));
      return at.map((p) => ({
        module: box.base,
        parameters: box.parameters,
        instances: cells.length * p.instances,
        instance: p.instance,
        path: p.path,
        bits,
        ports,
      }));
    });
  });
}

/** Instances of one generate loop count as one: `g_bank[3].u_sram` is `g_bank.u_sram`. */
const unnumbered = (instance: string) => instance.replace(/\[\d+\]/g, '');
