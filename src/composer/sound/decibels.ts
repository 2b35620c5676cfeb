// Decibels and what they multiply by.

export const dbToGain = (decibels: number): number => 10 ** (decibels / 20);
