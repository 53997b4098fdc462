// The questions about networks whose times are watched: what is asked, how long v0.4.0 took, and the goal.

export interface Question {
  readonly name: string;
  /** Arguments of `magnet`; `$technology` is the file with free DRAM. */
  readonly ask: readonly string[];
  /** Of v0.4.0, where the words have changed since; null where it cannot be asked. */
  readonly before?: readonly string[] | null;
  /** Wall seconds on two idle cores. */
  readonly goal: number;
}

const quick = ['--space', 'magnet-quick'];
const large = ['--space', 'magnet-16nm'];
const percent = ['--gap', '0.01'];
/** As before schedules were searched for without being asked. */
export const without = '--no-residency';
const codesign = (...rest: string[]) => ['codesign', 'resnet50', ...percent, without, ...rest];
const area = (mm2: number) => ['--limit', `area=${mm2}mm2`];
const min = (objective: string) => ['--objective', objective];

/** E x T of totals: v0.4.0 knew the sum of the layers' EDPs alone. */
const edp = (name: string, goal: number, ...rest: string[]): Question[] => [
  { name: `${name}, layer-edp`, ask: codesign(...rest, ...min('layer-edp')), before: codesign(...rest), goal },
  { name: `${name}, edp`, ask: codesign(...rest, ...min('edp')), before: null, goal },
];

const table: readonly Question[] = [
  ...edp('resnet50, magnet-quick, 3 mm2', 2.5, ...quick, ...area(3)),
  ...edp('resnet50, magnet-16nm, 3 mm2', 8, ...large, ...area(3)),
  {
    name: 'resnet50, magnet-quick, 3 mm2, energy',
    ask: codesign(...quick, ...area(3), ...min('energy')),
    goal: 10,
  },
  { name: 'resnet50, magnet-16nm, 6 mm2, energy', ask: codesign(...large, ...area(6), ...min('energy')), goal: 60 },
  {
    name: 'resnet50, magnet-16nm, area under 5 ms',
    ask: codesign(...large, ...min('area'), '--limit', 'latency=5ms'),
    goal: 60,
  },
  {
    name: 'resnet50 + 4 x mobilenetv2, magnet-16nm, 2 mm2, edp',
    ask: [...codesign(...large, ...area(2)), 'mobilenetv2', '--weight', 'mobilenetv2=4'],
    goal: 60,
  },
  {
    name: 'resnet50, magnet-quick, energy under 2 ms',
    ask: codesign(...quick, ...min('energy'), '--limit', 'latency=2ms'),
    goal: 20,
  },
  {
    name: 'pilotnet, magnet-small, front of energy and latency, 7 points',
    ask: ['codesign', 'pilotnet', '--space', 'magnet-small', '--pareto', 'energy,latency', ...percent, without],
    goal: 15,
  },
  {
    name: 'resnet50, magnet-quick, DRAM costs nothing, layer-edp',
    ask: codesign(...quick, '--technology', '$technology', ...min('layer-edp')),
    before: codesign(...quick, '--technology', '$technology'),
    goal: 5,
  },
  {
    name: 'resnet50, magnet-quick, DRAM costs nothing, edp',
    ask: codesign(...quick, '--technology', '$technology'),
    before: null,
    goal: 5,
  },
  {
    name: 'prove resnet50 on simba, 7.3 ms and 4.615 mJ, equal layers alike',
    ask: [
      'prove',
      'resnet50',
      '--arch',
      'simba',
      '--limit',
      'latency=7.3ms',
      '--limit',
      'energy=4.615mJ',
      '--shared-mappings',
    ],
    before: ['prove', 'resnet50', '--arch', 'simba', '--limit', 'latency=7.3ms', '--limit', 'energy=4.615mJ'],
    goal: 10,
  },
  { name: 'map resnet50 on simba', ask: ['map', 'resnet50', '--arch', 'simba'], goal: 1.2 },
];

const grid: readonly Question[] = ['bert-base', 'vgg16', 'mobilenetv2', 'alexnet'].flatMap((network) =>
  ['energy', 'latency', 'edp', 'area'].flatMap((objective) =>
    ['magnet-small', 'magnet-quick'].map((space) => ({
      name: `${network}, ${space}, ${objective}`,
      ask: ['codesign', network, '--space', space, ...percent, ...area(3), ...min(objective), without],
      goal: 30,
    })),
  ),
);

export const questions = { table, grid };
