// What if the supply were lower? How the energy of digital logic goes with its voltage, from a published fit.

/**
 * Stillmaker and Baas, Integration 58 (2017): energy of a node is proportional to a V^2 + b V + c; here of 16
 * nm, as tabulated in Accelergy.
 */
const fit = { a: 0.2958, b: -0.1241, c: 0.03024 } as const;

const energyAt = (volts: number): number => fit.a * volts ** 2 + fit.b * volts + fit.c;

/** Energy at one voltage over that at another. */
export const energyRatio = (volts: number, nominal: number): number => energyAt(volts) / energyAt(nominal);

/** The voltage at which energy is this share of that at the nominal one; undefined where the fit has none that low. */
export function voltageFor(share: number, nominal: number): number | undefined {
  const { a, b, c } = fit;
  const root = b ** 2 - 4 * a * (c - share * energyAt(nominal));
  return root < 0 ? undefined : (-b + Math.sqrt(root)) / (2 * a);
}
