// The questions of the scaling study: a small space, whose tree is narrow, and the whole one.

export const scalingQuestions = [
  {
    name: 'resnet50 in magnet-quick, EDP within 1 %',
    network: 'resnet50',
    space: 'magnet-quick',
    objective: 'edp',
    gap: 0.01,
  },
  {
    name: 'resnet50 in magnet-quick, EDP within 0.1 %',
    network: 'resnet50',
    space: 'magnet-quick',
    objective: 'edp',
    gap: 0.001,
  },
  {
    name: 'resnet50 in magnet-16nm, layer-EDP within 1 %',
    network: 'resnet50',
    space: 'magnet-16nm',
    objective: 'layer-edp',
    gap: 0.01,
  },
  {
    name: 'resnet50 in magnet-16nm, EDP within 1 %',
    network: 'resnet50',
    space: 'magnet-16nm',
    objective: 'edp',
    gap: 0.01,
  },
] as const;
export type ScalingQuestion = (typeof scalingQuestions)[number];
