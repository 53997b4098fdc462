// Layers of a design looked at closely, for the page to show what a hand points at.

import type { LayerDetail, OuterStep } from 'magnet-accelerator';
import { layerDetails, layerStep, parseDesign } from 'magnet-accelerator';
import { sound } from './answer/answer.js';

export async function layers(design: string): Promise<readonly LayerDetail[]> {
  await Promise.resolve();
  return layerDetails(sound(parseDesign(design, 'design.json')));
}

export interface LayerAsked {
  /** The text of a design. */
  readonly design: string;
  /** Of the layer among those that `layers` tells. */
  readonly place: number;
}

export interface StepAsked extends LayerAsked {
  /** Of the step of the outer nest; and the inner steps that are told. */
  readonly number: number;
  readonly from: number;
  readonly count: number;
}

export async function step({ design, place, ...asked }: StepAsked): Promise<OuterStep | undefined> {
  await Promise.resolve();
  return layerStep(sound(parseDesign(design, 'design.json')), place, asked);
}
