// The public surface: a library first; the command line is one of its users.

export type { Diagnostic, Parsed } from './base/diagnostics.js';
export { printDiagnostic } from './base/diagnostics.js';
export type { Bits, Cycles, Megahertz, Picojoules, Quantity, SquareMillimetres } from './base/units.js';
export { bits, cycles, kibibytes, megahertz, picojoules, squareMillimetres } from './base/units.js';

export type { Bounds, Dimension, Layer, Tensor } from './model/workload/layer.js';
export { dimensions, macs, makeLayer, printShape, relevance, tensors } from './model/workload/layer.js';
export type { CountedLayer, Network } from './model/workload/network.js';
export { mergeLayers, networkMacs, withOwnNames } from './model/workload/network.js';
export type {
  Architecture,
  Axis,
  Bandwidth,
  Level,
  Pool as CapacityPool,
  Storage,
} from './model/machine/architecture.js';
export { peakMacs } from './model/machine/architecture.js';
export type { Template } from './model/machine/template.js';
export { areaOf, lowerTemplate } from './model/machine/template.js';
export type { Machinery } from './model/machine/presets.js';
export { array3, eyeriss, magnet, presets, simba, simbaLpddr4 } from './model/machine/presets.js';
export type { Technology } from './model/machine/technology.js';
export { builtInTechnologies, technology16nm } from './model/machine/technology.js';
export type { Conventions } from './model/cost/conventions.js';
export { magnetConventions, timeloopConventions } from './model/cost/conventions.js';
export type { LevelMapping, Loop, Mapping, SpatialLoop } from './model/mapping/mapping.js';
export { mappedBounds } from './model/mapping/mapping.js';
export type { Evaluation, LevelEvaluation, TensorEvaluation } from './model/cost/evaluate.js';
export { evaluate } from './model/cost/evaluate.js';
export { breaches } from './model/mapping/legality.js';
export type { Goal, Limits, Objective } from './model/cost/goal.js';
export { measure, objectives, withinLimits } from './model/cost/goal.js';
export { networkObjectives, objectiveOfLayers } from './model/cost/network-goal.js';
export { logSpaceSize, paddedBounds } from './model/mapping/mapping-space.js';
export type { Design, DesignLayer } from './model/space/design.js';
export { arrangementsOf } from './model/space/design.js';
export type { DesignPoint, DesignSpace, Parameter } from './model/space/design-space.js';
export { countMachines, forNetworks, shapesOf, spaceDigest, templateAt } from './model/space/design-space.js';
export { spaces } from './model/space/built-in-spaces.js';
export { printMapping } from './model/mapping/loop-nest.js';

export { findNetwork } from './workloads/builtin.js';
export { findGraph } from './workloads/builtin-graph.js';
export { builtinNetworks } from './workloads/builtin-networks.js';
export type { ImportOptions } from './workloads/onnx/import.js';
export { importList, importOnnx } from './workloads/onnx/import.js';
export { exportOnnx } from './workloads/onnx/export.js';
export type {
  GraphStep,
  GraphTensor,
  NetworkGraph,
  Placement as GraphPlacement,
} from './model/workload/network-graph.js';
export { importGraph } from './workloads/graph/network-graph-of.js';
export { unsignedTensors } from './model/workload/unsigned-tensors.js';
export { networkOfSteps } from './compile/step-layers.js';
export { graphWeights, hasNumbers } from './workloads/graph/graph-weights.js';
export { givenWords } from './workloads/quantized/given-words.js';
export { plainQuantized } from './workloads/quantized/plain-quantized.js';
export type { GivenTensor, GivenWords } from './model/workload/given-words.js';
export { knownWords } from './model/workload/given-words.js';
export { withHostInputs } from './model/workload/host-inputs.js';
export { withoutFolds } from './model/workload/folds.js';
export type { GivenIntegers, GivenOptions } from './reference/given-integers.js';
export { givenIntegers } from './reference/given-integers.js';
export { givenInput } from './reference/given-real.js';
export type { Numbers } from './reference/numbers.js';
export type { Arithmetic, GraphRun } from './reference/run-graph.js';
export { runGraph } from './reference/run-graph.js';
export { realArithmetic } from './reference/real-arithmetic.js';
export type { GraphIntegers, StepIntegers } from './reference/integer-arithmetic.js';
export { arithmeticOf } from './reference/integer-arithmetic.js';
export { drawnRun } from './reference/draw-integers.js';
export { calibrated, quantised } from './reference/calibrate.js';
export type { Accuracy } from './quantize/accuracy.js';
export { accuracyOf } from './quantize/accuracy.js';
export type { Trained } from './quantize/quantize.js';
export { quantized } from './quantize/quantize.js';
export type { QuantizeOptions } from './quantize/quantize-options.js';
export { precisionText, widthsOf } from './quantize/quantize-options.js';
export type { Quantized } from './quantize/quantized.js';
export type { Flips, PairedLoss, Verdict } from './quantize/paired-loss.js';
export { flipsOf, pairedLoss, verdictOn } from './quantize/paired-loss.js';
export type { Samples } from './quantize/samples.js';
export type { QdqOptions } from './qdq/qdq-file.js';
export { qdqFile } from './qdq/qdq-file.js';
export { floatErrors } from './qdq/float-errors.js';
export { parseLayerTable, selectNetwork } from './workloads/layer-table.js';
export type { RunSamples } from './lanes/sample-runner.js';
export { sampleRunner } from './lanes/sample-runner.js';
export type { RuntimeScores } from './quantize/runtime-scores.js';
export { openRuntime } from './quantize/runtime-scores.js';
export type { Normalisation } from './quantize/normalise.js';
export { normalised } from './quantize/normalise.js';
export type { Image, LoadJpeg } from './interchange/image-file.js';
export { decodeImage, planesOf } from './interchange/image-file.js';
export type { SampleFile } from './interchange/samples-file.js';
export { parseSamples } from './interchange/samples-file.js';
export { npyFiles } from './interchange/npz.js';

export { parseDocument } from './interchange/document.js';
export type { DataKind, Recognised } from './interchange/foreign/foreign-data.js';
export { recogniseData } from './interchange/foreign/foreign-data.js';
export {
  parseCase,
  parseMachinery,
  parseMapping,
  parseMapResult,
  parseSpace,
  parseTechnology,
} from './library/documents.js';
export { printMachinery } from './interchange/architecture-file.js';
export { fileOrder as templateParameters, meanings, printValue } from './interchange/template-fields.js';
export { printSpace } from './interchange/space-file.js';
export type { MappingFile } from './interchange/mapping-file.js';
export { printMappingFile } from './interchange/mapping-file.js';
export { stamped } from './results/stamp.js';
export type { MapResult } from './results/map-result.js';
export { printMapResult } from './results/map-result.js';
export type { CodesignResultFile } from './results/codesign-result.js';
export { frontMetrics, printCodesignResult } from './results/codesign-result.js';
export type { ProveResultFile } from './results/prove-result.js';
export { printProveResult } from './results/prove-result.js';
export type { CompareResult } from './results/compare-result.js';
export { printCompareResult } from './results/compare-result.js';
export { parseDesign, parseDesignBase, printDesign } from './results/design-file.js';
export { designDrift } from './results/design-check.js';
export { looksLikeTimeloop, gather as gatherTimeloop } from './interchange/timeloop/sections.js';
export type { TimeloopInput } from './interchange/timeloop/read.js';
export { readTimeloop } from './interchange/timeloop/read.js';
export type { TimeloopFiles } from './interchange/timeloop/write.js';
export { writeTimeloop } from './interchange/timeloop/write.js';
export { parseNpy, parseRealNpy, printNpy } from './interchange/npy.js';
export { zipOf } from './interchange/zip.js';

export type { Accelerator } from './rtl/accelerator.js';
export { accelerator } from './rtl/accelerator.js';
export type { PostProcessing } from './rtl/program/post-registers.js';
export { postFaults } from './rtl/program/post-registers.js';
export type { LayerProgram } from './rtl/program/layer-program.js';
export { layerProgram } from './rtl/program/layer-program.js';
export type { Placement } from './rtl/program/placement.js';
export { placeLayer } from './rtl/program/placement.js';
export type { EmitOptions, EmittedFile } from './sim/emit-files.js';
export { emitDesign } from './sim/emit-files.js';
export { readLibrary } from './sim/synth/liberty/library.js';
export type { SimulateResult, SimulateTask } from './sim/simulate.js';
export { simulateLayer } from './sim/simulate.js';
export type { SimulationState } from './sim/engines.js';
export { buildTime, runTime } from './sim/engines.js';
export { asHardware } from './sim/hardware-design.js';
export { simulateResult } from './results/simulate-answer.js';
export { printSimulateResult } from './results/simulate-result.js';
export { printSynthResult, synthResult } from './results/synth-result.js';
export type { SynthResult } from './sim/synth/synth.js';

export type { Backend, Milp, Outcome, SolveOptions } from './program/milp.js';
export { glpk } from './milp/glpk.js';
export { highs } from './milp/highs.js';
export { printLp } from './milp/lp-format.js';
export { printMps } from './milp/mps-format.js';
export { mapper } from './milp/mapper.js';
export type { Answer, Budget, Found, ProgramFormat, Strategy, Task, WrittenProgram } from './search/strategy.js';
export { gapOf } from './search/strategy.js';
export type { StopKind, StopReason } from './base/stop-reason.js';
export { stopText } from './base/stop-reason.js';
export {
  annealing,
  bayesian,
  genetic,
  heuristics,
  hillClimbing,
  randomPruned,
  randomSampling,
} from './search/mapping/heuristics.js';
export type { DesignAnswer, DesignStrategy, DesignTask } from './search/design/design-strategy.js';
export { designHeuristics } from './search/design/design-heuristics.js';
export type { JointBest } from './milp/joint/ledger.js';
export type { JointRequest } from './milp/joint/joint-program.js';
export { solveJoint } from './milp/joint/joint-solve.js';
export type { CodesignHooks } from './tuner/codesign/codesign-hooks.js';
export type {
  CodesignBest,
  CodesignState,
  CodesignRequest,
  CodesignResult,
} from './tuner/codesign/codesign-request.js';
export type { CodesignCause, CodesignReason } from './tuner/codesign/codesign-reason.js';
export { codesignReasonText, whyText } from './tuner/codesign/codesign-reason.js';
export type { DesignElasticity } from './tuner/codesign/elasticities.js';
export { elasticities } from './tuner/codesign/elasticities.js';
export type { ParameterStep, StepCost } from './tuner/codesign/parameter-steps.js';
export { stepCosts } from './tuner/codesign/parameter-steps.js';
export { shapesHere } from './tuner/codesign/shapes-here.js';
export type { Remote, Runner, TaskModule, TaskTable } from './pool/tasks.js';
export type { Seat, Transport } from './pool/transport.js';
export type { ServedTable } from './pool/browser/serve.js';
export { serveTasks } from './pool/browser/serve.js';
export { webWorkers } from './pool/browser/web-workers.js';
export { Pool as WorkerPool } from './pool/pool.js';
export { runHere } from './pool/here.js';
export { tunerTasks } from './tuner/tuner-tasks.js';
export type { TunerTasks } from './tuner/tuner-tasks.js';
export type { SimTasks } from './sim/sim-tasks.js';
export { simTasks } from './sim/sim-tasks.js';
export { commandLine } from './options/command-line.js';
export { optionsNamed } from './options/option.js';
export type { CodesignOptions as CodesignCommand } from './options/codesign-table.js';
export { codesignVerb } from './options/codesign-table.js';
export type { MapOptions as MapCommand } from './options/map-table.js';
export { mapVerb } from './options/map-table.js';
export type { ProveOptions as ProveCommand } from './options/prove-table.js';
export { proveVerb } from './options/prove-table.js';
export type { CompareOptions as CompareCommand } from './options/compare-table.js';
export { compareVerb } from './options/compare-table.js';
export type { QuantizeVerbOptions as QuantizeCommand } from './options/quantize-table.js';
export { quantizeVerb } from './options/quantize-table.js';
export { quantizeOptionsOf } from './options/quantization.js';
export type { ScheduleOptions as ScheduleCommand } from './options/schedule-table.js';
export { scheduleVerb } from './options/schedule-table.js';
export type { LayerLimits } from './library/layer-limits.js';
export { parseLayerLimits } from './library/layer-limits.js';
export type { Requirements } from './library/requirements.js';
export { parseRequirements } from './library/requirements.js';
export type { Clocks, CostLimits } from './library/read-limits.js';
export { parseLimits } from './library/read-limits.js';
export { parseScheduleLimits } from './library/schedule-limits.js';
export type { CallOptions } from './library/session.js';
export type { MapOptions, MappedNetwork } from './library/map.js';
export { map } from './library/map.js';
export type { WholeGoal } from './tuner/network/map-whole.js';
export type { Scheduled, ScheduleOptions } from './library/schedule.js';
export { schedule } from './library/schedule.js';
export type { ScheduleResult } from './results/schedule-result.js';
export { parseScheduleResult, printScheduleResult } from './results/schedule-result.js';
export type { Codesigned, CodesignOptions } from './library/codesign.js';
export { codesign } from './library/codesign.js';
export type { CodesignedFront, FrontOptions, FrontScheduleOptions } from './library/codesign-front.js';
export { codesignFront, codesignFrontWithSchedules } from './library/codesign-front.js';
export type { CodesignedSchedules, CodesignScheduleOptions } from './library/codesign-with-schedules.js';
export { codesignWithSchedules } from './library/codesign-with-schedules.js';
export type { Schedulable, Unscheduled } from './library/schedulable.js';
export { schedulable } from './library/schedulable.js';
export { codesignObjectives } from './tuner/codesign/codesign-request.js';
export { scheduleObjectives } from './tuner/schedule/schedule-question.js';
export type { CheckedCertificate, CheckOptions } from './library/check.js';
export { check } from './library/check.js';
export type { Checked } from './certificate/check-certificate.js';
export type { ProveAnswer, ProveOptions } from './library/prove.js';
export { prove } from './library/prove.js';
export { beyondSchedules, nothingToSave, schedulableIn, schedulableToProve } from './library/schedulable-to-prove.js';
export type { Compared, CompareOptions } from './library/compare.js';
export { compare } from './library/compare.js';
export type { CertifiedLayer, CertifyDesignOptions } from './library/certify.js';
export { certify } from './library/certify.js';
export type { ChainOptions, SimulatedLayer, SimulateOptions, SynthesizeOptions } from './library/hardware.js';
export { emit, simulate, simulateNetwork, synthesize } from './library/hardware.js';
export type { Hearing, NetworkQuestion, PreparedNetwork } from './library/prepare-network.js';
export { prepareNetwork } from './library/prepare-network.js';
export type { CompileNetworkOptions, NetworkFile, NetworkFiles } from './library/compile-network.js';
export { compileNetwork } from './library/compile-network.js';
export type { RunNetworkOptions } from './library/run-network.js';
export { ranBlocks, ranResult, ranText, runNetwork } from './library/run-network.js';
export type { NetworkResult, NetworkState } from './sim/network-run.js';
export { networkAgrees } from './sim/network-run.js';
export { printRunResult } from './results/run-result.js';
export { compileVerb, runVerb } from './options/network-table.js';
export type { QuantizedNetwork, QuantizeQuestion } from './library/quantize.js';
export { quantizeNetwork, quantizeTurns } from './library/quantize.js';
export type { AccuracyQuestion } from './library/accuracy.js';
export { accuracyTurns, classifierFor, measureAccuracy } from './library/accuracy.js';
export { printAccuracyResult } from './results/accuracy-result.js';
export type { AccuracyOptions as AccuracyCommand } from './options/accuracy-table.js';
export { accuracyVerb } from './options/accuracy-table.js';
export type { Labelled, LabelledAsked } from './library/given-samples.js';
export { finite, labelledOf, normalisationOf, samplesBefore, samplesOf } from './library/given-samples.js';
export type { OnnxNetwork } from './library/onnx-network.js';
export { onnxNetwork } from './library/onnx-network.js';
export type { TrainedFile } from './library/trained.js';
export { shapedFor, trainedOf } from './library/trained.js';
export { printQuantizeResult, quantizeSchema } from './results/quantize-result.js';
export type { ActionDetail, LayerDetail, MemoryDetail, PartDetail } from './library/layer-details.js';
export { layerDetails, layerStep } from './library/layer-details.js';
export type { Lane, OuterStep } from './model/cost/step-lanes.js';
export type { Pages } from './library/report.js';
export { report } from './library/report.js';
export { version } from './base/version.js';
export type { Certification, CertifyOptions } from './tuner/certify.js';
export type { CertifyReason } from './tuner/certify-reason.js';
export { certifyReasonText } from './tuner/certify-reason.js';
export { certify as certifyLayer } from './tuner/certify.js';
export type { Requirement } from './model/cost/requirement.js';
export type { Proof } from './tuner/prove/proof.js';
export type { ProveRequest } from './tuner/prove/prove-request.js';
export type { Proven } from './tuner/prove/prove.js';
export { solveScript } from './smt/z3.js';
export { printScript } from './smt/script.js';
export { mapLayer } from './tuner/map-layer.js';
export type { LayerResult, MapEvent, MapHooks, MapRequest } from './tuner/map-network.js';
export type { NetworkObjective, NetworkTotals } from './model/cost/network-goal.js';
export { mapNetwork, totals } from './tuner/map-network.js';
export type { Comparison } from './tuner/compare/comparison.js';
export type { CompareEvent, Played } from './tuner/compare/compete.js';
export type { SolverName } from './tuner/solver-names.js';
export { machineContestants, solverNames } from './tuner/solver-names.js';
export { curveFigure } from './report/figures/curve-figure.js';
export { drawFigure } from './report/figures/figure.js';
export { evaluationTable } from './report/tables/evaluation-table.js';
export { mapTable } from './report/tables/map-table.js';
export { simulationBlocks, simulationTable } from './report/tables/simulation-table.js';
export { synthBlocks, synthTable } from './report/tables/synth-table.js';
export { blocksHtml } from './report/page/html.js';
export type { PlainBlock } from './report/tables/blocks-text.js';
export { printTotals } from './report/tables/totals.js';
export type { Block, Report, Section } from './report/page/blocks.js';
export { printHtml } from './report/page/html.js';
export { printMarkdown } from './report/page/markdown.js';
