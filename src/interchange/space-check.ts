// What the menus of a design space say together: values that no machine of it has.

import { defined, nth } from '../base/invariant.js';
import type { Diagnostic } from '../base/diagnostics.js';
import type { DesignPoint, DesignSpace, Parameter } from '../model/space/design-space.js';
import { forProducts, parameters, shapeParameters, sizeParameters } from '../model/space/design-space.js';
import type { Template } from '../model/machine/parameters.js';
import { maxPrecision, wholeLines } from '../model/machine/parameters.js';
import { contradictions, printValue } from './template-fields.js';

/** Shapes are looked at one by one. */
const maxShapes = 2 ** 20;

/** Every value that makes no machine, whatever the other parameters are, with what forbids it. */
export function uselessValues(space: DesignSpace, at: Diagnostic['path']): readonly Diagnostic[] {
  const report = (field: string, message: string): Diagnostic => ({
    code: 'out-of-range',
    path: [...at, field],
    message,
  });
  // One product is the least that sums are made of.
  const { menus: filled } = forProducts(space, 1);
  const widest = defined(filled.accumPrecision.at(-1));
  const tooWide = space.overflowFree && widest > maxPrecision;
  const menus = tooWide ? { ...filled, accumPrecision: [maxPrecision] } : filled;
  const found = parameters.flatMap((p) =>
    menus[p].map((v) => ({ p, v, faults: faultsAt(space, easiest(menus, p, v)) })),
  );
  const fewest = nth(menus.rows, 0) * nth(menus.columns, 0);
  const shapes = shapeParameters.reduce((n, p) => n * menus[p].length, 1);
  const open = shapeParameters.filter((p) => menus[p].length > 1).map((p) => `${p} ${menus[p].length}`);
  const own: readonly Diagnostic[] = [
    ...(shapes > maxShapes
      ? [
          {
            code: 'out-of-range',
            path: at,
            message:
              `has ${shapes} combinations of all but memory sizes (${open.join(', ')}); ` + `give at most ${maxShapes}`,
          },
        ]
      : []),
    ...(tooWide
      ? [
          report(
            'accumPrecision',
            `no-overflow needs sums of at least ${widest} bits, as a product of the widest weight and input has; ` +
              `machines have at most ${maxPrecision}, so give narrower ones`,
          ),
        ]
      : []),
    ...(fewest > space.maxPes ? [report('maxPes', crowded(space, fewest))] : []),
    ...found.flatMap(({ p, faults }) =>
      faults.filter(({ field }) => field === p).map(({ message }) => report(p, message)),
    ),
  ];
  // A field that is at fault by itself explains the trouble that others have with it.
  const faulty = new Set(own.map(({ path }) => String(path.at(-1))));
  const others = found.flatMap(({ p, v, faults }) =>
    faults
      .filter(({ field }) => !faulty.has(field))
      .map(({ field, message }) =>
        report(p, `${printValue(p, v)} makes no machine of this space: ${field} ${message}`),
      ),
  );
  return [...own, ...others];
}

/** The point with this value that asks least and has most: if it is no machine, no point with the value is. */
function easiest(menus: DesignSpace['menus'], p: Parameter, v: number): DesignPoint {
  const point = Object.fromEntries(parameters.map((q) => [q, q === p ? v : nth(menus[q], 0)])) as Record<
    Parameter,
    number
  >;
  for (const q of sizeParameters) if (q !== p) point[q] = defined(menus[q].at(-1));
  if (p !== 'dramBandwidth') point.dramBandwidth = defined(menus.dramBandwidth.at(-1));
  const product = point.weightPrecision + point.inputPrecision;
  if (p !== 'accumPrecision')
    point.accumPrecision = menus.accumPrecision.find((w) => w >= product) ?? defined(menus.accumPrecision.at(-1));
  return point;
}

const crowded = ({ maxPes }: DesignSpace, pes: number) =>
  `is ${maxPes}, and there are at least ${pes} PEs; give at least ${pes}`;

/** As a template of these values would have them, but that buffers need not be whole lines: a line is enough. */
function faultsAt(space: DesignSpace, p: DesignPoint): readonly { readonly field: string; readonly message: string }[] {
  const cut = Object.entries(wholeLines(p)).map(([name, line]) => {
    const size = p[name as Parameter];
    return [name, size < line ? size : size - (size % line)];
  });
  const template = { ...p, ...Object.fromEntries(cut) } as Template;
  const pes = p.rows * p.columns;
  return [
    ...(pes > space.maxPes ? [{ field: 'maxPes', message: crowded(space, pes) }] : []),
    ...contradictions(template, []).map(({ path, message }) => ({ field: String(path[0]), message })),
  ];
}
