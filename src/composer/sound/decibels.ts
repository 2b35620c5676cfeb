// Converts decibels to gains.

export const dbToGain = (decibels: number): number => 10 ** (decibels / 20);
