// Every format of files that magnet reads or writes, by the name of its JSON Schema.

import { certificateForm } from '../certificate/certificate-file.js';
import { scheduleCertificateForm } from '../certificate/schedule/schedule-file.js';
import { machineForm } from '../interchange/architecture-file.js';
import { caseForm } from '../interchange/case.js';
import { checkpointForm, frontCheckpointForm } from '../interchange/codesign-checkpoint.js';
import type { JsonSchema } from '../interchange/json-schema.js';
import { jsonSchemaOf } from '../interchange/json-schema.js';
import { lossesForm } from '../interchange/losses-file.js';
import { mappingSchema } from '../interchange/mapping-file.js';
import { keptForm } from '../interchange/schedule-file.js';
import { spaceFileForm } from '../interchange/space-file.js';
import { technologyForm } from '../interchange/technology-file.js';
import { jobFileSchema } from '../options/job-schema.js';
import { accuracyForm } from '../results/accuracy-result.js';
import { batchForm } from '../results/batch-result.js';
import { codesignForm, codesignFrontForm } from '../results/codesign-result.js';
import { compareForm } from '../results/compare-result.js';
import { designFile } from '../results/design-schema.js';
import { mapForm } from '../results/map-result.js';
import { graphForm } from '../results/network-graph-result.js';
import { precisionFrontForm } from '../results/precision-front-result.js';
import { programForm } from '../results/program-file.js';
import { proofForm } from '../results/prove-result.js';
import { quantizationForm } from '../results/quantize-result.js';
import { networkRunForm } from '../results/run-result.js';
import { scheduleForm } from '../results/schedule-result.js';
import { simulatedChainForm, simulationForm } from '../results/simulate-result.js';
import { synthesisForm } from '../results/synth-result.js';
import { layerTableSchema } from '../workloads/table-schema.js';

export interface FileSchema {
  readonly name: string;
  /** What has this form. */
  readonly of: string;
  readonly schema: () => JsonSchema;
}

const form = (name: string, of: string, schema: () => Parameters<typeof jsonSchemaOf>[0]): FileSchema => ({
  name,
  of,
  schema: () => jsonSchemaOf(schema()),
});

/** Those that people write first. Data with `schema: magnet-NAME/VERSION` has the form NAME. */
export const fileSchemas: readonly FileSchema[] = [
  form('machine', 'a machine: --arch FILE', () => machineForm),
  form('space', 'a design space: --space FILE', () => spaceFileForm),
  form('technology', 'a technology: --technology FILE', () => technologyForm),
  { name: 'layers', of: 'a layer table in place of a network', schema: layerTableSchema },
  { name: 'jobs', of: 'the jobs of batch', schema: jobFileSchema },
  form('mapping', 'a mapping: evaluate --mapping FILE', () => mappingSchema),
  form('case', 'a case: machine, layer and mapping in one', () => caseForm),
  form('kept', 'a schedule as run and compile read it: --schedule FILE', () => keptForm),
  form('losses', 'measured losses: --losses FILE', () => lossesForm),
  form('design', 'map --design and codesign --design', () => designFile),
  form('map', 'map --json', () => mapForm),
  form('schedule', 'schedule --json', () => scheduleForm),
  form('codesign', 'codesign --json', () => codesignForm),
  form('codesign-front', 'codesign --pareto --json', () => codesignFrontForm),
  form('precision-front', 'codesign --pareto accuracy-loss,energy --json', () => precisionFrontForm),
  form('codesign-checkpoint', 'codesign --checkpoint', () => checkpointForm),
  form('codesign-front-checkpoint', 'codesign --pareto --checkpoint', () => frontCheckpointForm),
  form('certificate', 'codesign --certificate', () => certificateForm),
  form('schedule-certificate', 'schedule --certificate', () => scheduleCertificateForm),
  form('prove', 'prove --json', () => proofForm),
  form('compare', 'compare --json', () => compareForm),
  form('batch', 'each line of batch --out', () => batchForm),
  form('graph', 'the graph of networks NAME --json', () => graphForm),
  form('program', 'compile: network.json', () => programForm),
  form('run', 'run --json', () => networkRunForm),
  form('simulate', 'simulate --json', () => simulationForm),
  form('chain', 'simulate --chain --json', () => simulatedChainForm),
  form('quantize', 'quantize --json', () => quantizationForm),
  form('accuracy', 'accuracy --json', () => accuracyForm),
  form('synth', 'synth --json', () => synthesisForm),
];

/** As a file: `schemas/NAME.schema.json`. */
export const schemaFile = ({ name, of, schema }: FileSchema): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: `magnet: ${name}`,
  description: of,
  ...schema(),
});
