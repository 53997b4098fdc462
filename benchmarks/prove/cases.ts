// Questions about ResNet-50: limits that can be met and limits that cannot, far from and close to what can be done.

export interface ProveCase {
  readonly name: string;
  readonly on: readonly string[];
  readonly limits: readonly string[];
  readonly status: 'feasible' | 'infeasible';
}

const simba = ['--arch', 'simba'];

/** `simba` needs 7,275,142 cycles and 4.264 mJ at least, not both at once, and takes 1.903 mm2. */
export const proveCases: readonly ProveCase[] = [
  { name: 'simba-one-limit-met', on: simba, limits: ['latency=8ms'], status: 'feasible' },
  {
    name: 'simba-three-limits-met',
    on: simba,
    limits: ['latency=10ms', 'energy=5mJ', 'area=2mm2'],
    status: 'feasible',
  },
  { name: 'simba-close-met', on: simba, limits: ['latency=7.5ms', 'energy=4.4mJ'], status: 'feasible' },
  { name: 'simba-latency-missed', on: simba, limits: ['latency=5ms', 'energy=5mJ', 'area=2mm2'], status: 'infeasible' },
  { name: 'simba-latency-missed-by-a-cycle', on: simba, limits: ['latency=7275141cycles'], status: 'infeasible' },
  { name: 'simba-energy-missed', on: simba, limits: ['energy=4mJ', 'latency=10ms'], status: 'infeasible' },
  { name: 'simba-layer-missed', on: simba, limits: ['latency@conv1=200us', 'latency=10ms'], status: 'infeasible' },
  { name: 'quick-met', on: ['--space', 'magnet-quick'], limits: ['area=3mm2', 'latency=2ms'], status: 'feasible' },
  { name: 'quick-missed', on: ['--space', 'magnet-quick'], limits: ['area=1mm2', 'latency=2ms'], status: 'infeasible' },
];
