// The certificates of ResNet-50 on simba: what is asked, and the page that says what was proven.

import type { MapResultLayer } from '../../src/results/map-result.js';

export const certifyCase = {
  command: [
    'map',
    'resnet50',
    '--arch',
    'simba',
    '--objective',
    'layer-edp',
    '--workers',
    '2',
    '--certify',
    '--certify-eps',
    '0.001',
    '--certify-time',
    '120',
  ],
  /** Seconds of wall time for all of it, on two cores. */
  goal: 300,
};

export interface CertifyResult {
  readonly command: readonly string[];
  /** Wall time: mapping and certificates. */
  readonly seconds: number;
  readonly machine: {
    readonly cpu: string | undefined;
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
  };
  readonly commit: string;
  readonly layers: readonly Pick<MapResultLayer, 'name' | 'status' | 'objective' | 'gap' | 'seconds' | 'certificate'>[];
}

export function certifyPage({ command, seconds, machine, commit, layers }: CertifyResult): string {
  const percent = (share: number | null | undefined) => (share == null ? '-' : `${(100 * share).toFixed(3)} %`);
  const sum = (of: (l: CertifyResult['layers'][number]) => number) => layers.reduce((n, l) => n + of(l), 0);
  const certified = layers.filter((l) => l.certificate?.status === 'certified').length;
  return [
    '# Certificates',
    '',
    `\`magnet ${command.join(' ')}\`: ${certified} of ${layers.length} layers certified. ${seconds.toFixed(0)} s ` +
      `of wall time on two workers, mapping included (goal ${certifyCase.goal} s: ` +
      (seconds <= certifyCase.goal ? 'met' : 'missed') +
      `); ${sum((l) => l.seconds).toFixed(0)} s of mapping and ` +
      sum((l) => l.certificate?.seconds ?? 0).toFixed(0) +
      ' s of certificates, one after another.',
    '',
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadBefore.toFixed(1)} ` +
      `before; ${commit}. eps: no mapping has an EDP below best x (1 - eps).`,
    '',
    '| layer | best EDP (pJ x cycles) | gap of the MILP | mapping s | certificate | eps | leaves | s |',
    '|---|---|---|---|---|---|---|---|',
    ...layers.map(
      (l) =>
        `| ${l.name} | ${l.objective?.toExponential(4) ?? '-'} | ${percent(l.gap)} | ${l.seconds.toFixed(1)} ` +
        `| ${l.certificate?.status ?? '-'}` +
        (l.certificate?.reason ? `: ${l.certificate.reason}` : '') +
        ` | ${percent(l.certificate?.eps)} | ${l.certificate?.leaves.toLocaleString('en-US') ?? '-'} ` +
        `| ${l.certificate?.seconds.toFixed(1) ?? '-'} |`,
    ),
    '',
  ].join('\n');
}
