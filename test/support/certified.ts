// Co-designs with their certificates, made in this thread.

import type { Certificate } from '../../src/certificate/certificate.js';
import { parseCertificate, printCertificate } from '../../src/certificate/certificate-file.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { forNetworks } from '../../src/model/space/design-space.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Network } from '../../src/model/workload/network.js';
import { certifyShape } from '../../src/tuner/codesign/certify-shape.js';
import { certifySpace } from '../../src/tuner/codesign/certify-space.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignRequest, CodesignResult } from '../../src/tuner/codesign/codesign-request.js';
import { shapes } from './shapes.js';

const now = () => performance.now();

export const requestFor = (
  networks: readonly (readonly [Network, number])[],
  space: DesignSpace,
  more: Partial<CodesignRequest> = {},
): CodesignRequest => ({
  networks: networks.map(([network, weight]) => ({ network, weight })),
  space: forNetworks(
    space,
    networks.map(([network]) => network),
  ),
  technology: technology16nm,
  conventions: magnetConventions,
  objective: 'layer-edp',
  limits: {},
  padding: false,
  gap: 0.01,
  timeLimit: 120,
  ...more,
});

export interface Certified {
  readonly result: CodesignResult;
  /** As it is read back from its file. */
  readonly certificate: Certificate;
  readonly text: string;
}

export async function certified(request: CodesignRequest): Promise<Certified> {
  const result = await codesign(request, { now, width: 1, shapes, progress: () => {}, stopped: () => false });
  const made = await certifySpace(request, result, {
    now,
    width: 1,
    stopped: () => false,
    deadline: now() + request.timeLimit * 1000,
    certifyShape: (input) => Promise.resolve(certifyShape(structuredClone(input))),
  });
  if (made.status !== 'made') throw new Error(`no certificate: ${made.status}`);
  const text = printCertificate(made.certificate, 'test');
  const read = parseCertificate(JSON.parse(text));
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return { result, certificate: read.value.certificate, text };
}
