// Leakage and clock beside the energy of a machine: by their sources, and not where a technology counts its own.

import { expect, test } from 'vitest';
import { megahertz, squareMillimetres } from '../../src/base/units.js';
import { idleEnergy, idleMilliwatts, idlePower } from '../../src/model/machine/idle-power.js';
import { staticEnergy, technology16nm } from '../../src/model/machine/technology.js';

test('2 mm2 at 1 GHz take 2 x (12.4 + 15) mW, of which the clock goes with its frequency', () => {
  expect(idleMilliwatts(squareMillimetres(2), megahertz(1000))).toBeCloseTo(54.8, 9);
  expect(idleMilliwatts(squareMillimetres(2), megahertz(500))).toBeCloseTo(2 * (12.4 + 7.5), 9);
});

test('a million cycles at 1 GHz are a millisecond: 54.8 uJ', () => {
  const [area, clock] = [squareMillimetres(2), megahertz(1000)];
  expect(idleEnergy(staticEnergy(technology16nm, area), area, clock, 1e6)).toBeCloseTo(54.8e6, 3);
});

test('a technology with a static energy of its own has it in all energies already', () => {
  const constants = { ...technology16nm.constants, staticEnergy: { value: 1, source: 'this test' } };
  const area = squareMillimetres(2);
  const own = staticEnergy({ ...technology16nm, constants }, area);
  expect(idleEnergy(own, area, megahertz(1000), 1e6)).toBeUndefined();
});

test('both say where they come from, and what is assumed', () => {
  for (const { source } of Object.values(idlePower)) expect(source).toMatch(/Aladdin/);
  expect(74e-9 / 5.98e-6).toBeCloseTo(idlePower.leakage.value / 1000, 4);
  const registers = (0.015 * 1e6) / 1.3;
  expect(1.3 * registers).toBeCloseTo(idlePower.clock.value, 6);
});
