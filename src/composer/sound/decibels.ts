// Decibels and what they multiply by.

export const dbToGain = (decibels: number): number => 10 ** (decibels / 20);

export const gainToDb = (gain: number): number => 20 * Math.log10(gain);
