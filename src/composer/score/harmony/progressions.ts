// Lists the chord progressions of each harmony language as Roman numerals, with "|" between the bars.

import type { HarmonyLanguage, Mode } from "../../styles/style.ts";

export interface Vocabulary {
  readonly progressions: readonly string[];
  /** The chords of the bar that precedes the piece's last chord. */
  readonly cadence: string;
  /** The chord that ends the piece. */
  readonly home: string;
}

type Tonality = "major" | "minor";

const tonal: Readonly<
  Record<Exclude<HarmonyLanguage, keyof typeof later>, Readonly<Record<Tonality, Vocabulary>>>
> = {
  pop: {
    major: {
      progressions: [
        "I | V | VIm | IV",
        "VIm | IV | I | V",
        "I | VIm | IV | V",
        "IV | I | V | VIm",
        "I | IIIm | IV | V",
        "I | IV | VIm | V",
        "IV | V | IIIm | VIm",
      ],
      cadence: "IV V",
      home: "I",
    },
    minor: {
      progressions: [
        "Im | bVI | bIII | bVII",
        "Im | IVm | bVI | V",
        "Im | bVII | bVI | bVII",
        "bVI | bVII | Im | bIII",
        "Im | bIII | bVII | IVm",
        "bVI | IVm | Im | V",
      ],
      cadence: "IVm V",
      home: "Im",
    },
  },
  soul: {
    major: {
      progressions: [
        "IVmaj7 | IIIm7 | IIm7 | Imaj7",
        "Imaj9 | VIm7 | IIm9 | V7sus4",
        "IVmaj9 | IIIm7 VIm7 | IIm9 | V7sus4",
        "Imaj7 | IIIm7 | IVmaj9 | IVm6",
        "IIm9 | V7sus4 | Imaj9 | VIm7",
      ],
      cadence: "IIm9 V7sus4",
      home: "Imaj9",
    },
    minor: {
      progressions: [
        "Im9 | bVImaj7 | bIIImaj7 | bVII6",
        "IVm9 | bVII7 | bIIImaj7 | bVImaj7",
        "Im9 | IVm9 | bVImaj7 | Vm7",
        "bVImaj7 | Vm7 | Im9 | Im9",
        "Im9 | bIIImaj7 | IVm9 | bVImaj7",
        "bVImaj7 | bVII6 | Im9 | IVm7",
      ],
      cadence: "IVm9 V7",
      home: "Im9",
    },
  },
  jazz: {
    major: {
      progressions: [
        "IIm9 | V13 | Imaj9 | VI7b9",
        "Imaj7 VIm7 | IIm7 V7 | IIIm7 VI7b9 | IIm7 V7",
        "Imaj9 | IVmaj7 | IIIm7 VI7b9 | IIm9 V13",
        "Imaj7 | II7 | IIm7 V7 | Imaj7 VI7b9",
        "Imaj9 | Im7 IV7 | bVIImaj7 | IIm7 V7",
        "IVmaj7 | IVm6 | IIIm7 VI7 | IIm7 V7",
      ],
      cadence: "IIm9 V13",
      home: "I6/9",
    },
    minor: {
      progressions: [
        "Im7 | IVm7 | IIm7b5 | V7b9",
        "IIm7b5 | V7b9 | Im9 | Im9",
        "IVm7 | bVII7 | bIIImaj7 | bVImaj7",
        "Im9 | bVImaj7 | IIm7b5 V7b9 | Im7",
        "Im7 IVm7 | bVII7 bIIImaj7 | bVImaj7 IIm7b5 | V7b9",
      ],
      cadence: "IIm7b5 V7b9",
      home: "Im9",
    },
  },
  film: {
    major: {
      progressions: [
        "I | V | VIm | IV",
        "I | IIIm | VIm | IV",
        "Iadd9 | VIm7 | IVmaj7 | V",
        "VIm | IV | I | V",
        "I | bVI | bVII | I",
        "IVmaj7 | I | V | VIm7",
      ],
      cadence: "IV V",
      home: "Iadd9",
    },
    minor: {
      progressions: [
        "Im | bVI | bIII | bVII",
        "Im | bVI | IVm | V",
        "Im | Vm | bVI | IVm",
        "Im | bIII | bVI | IVm",
        "bVI | bVII | Im | Vm",
        "Im | IVm | bVII | bIII",
      ],
      cadence: "IVm V",
      home: "Im",
    },
  },
  open: {
    major: {
      progressions: [
        "Imaj9 | IVmaj9 | Imaj9 | IVmaj9",
        "Iadd9 | VIm7 | IVmaj9 | Vsus4",
        "IVmaj9 | Imaj9 | VIm7 | Vsus4",
        "Imaj9 | IIIm7 | IVmaj9 | IVmaj9",
      ],
      cadence: "IVmaj9",
      home: "Imaj9",
    },
    minor: {
      progressions: [
        "Im9 | bVImaj7 | Im9 | bVImaj7",
        "Im7 | bIIImaj7 | bVImaj7 | bVIIadd9",
        "Im9 | IVm7 | Im9 | Vm7",
        "bVImaj7 | Im9 | bVIIadd9 | Im9",
      ],
      cadence: "IVm7",
      home: "Im9",
    },
  },
};

const both = (vocabulary: Vocabulary): Readonly<Record<Tonality, Vocabulary>> => ({
  major: vocabulary,
  minor: vocabulary,
});

/** The harmony languages that composer version 1 (see `composerVersion` of the spec) does not have. */
const later: Readonly<
  Record<"blues" | "power" | "classical" | "andalusian", Readonly<Record<Tonality, Vocabulary>>>
> = {
  blues: {
    major: {
      progressions: [
        "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
        "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
        "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | VI7 | IIm7 | V7 | I7 VI7 | IIm7 V7",
      ],
      cadence: "V7",
      home: "I7",
    },
    minor: {
      progressions: [
        "Im7 | Im7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | bVI7 | V7 | Im7 | V7",
        "Im7 | IVm7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | IIm7b5 | V7 | Im7 | V7",
      ],
      cadence: "V7",
      home: "Im7",
    },
  },
  power: {
    major: {
      progressions: [
        "I | IV | V | IV",
        "I | V | IV | IV",
        "I | bVII | IV | I",
        "I | IV | I | V",
        "I | V | VIm | IV",
      ],
      cadence: "IV V",
      home: "I",
    },
    minor: {
      progressions: [
        "Im | bVI | bVII | Im",
        "Im | bIII | bVII | IVm",
        "Im | Im | bVI | bVII",
        "Im | bVII | bVI | V",
        "Im | bVI | bIII | bVII",
      ],
      cadence: "bVI bVII",
      home: "Im",
    },
  },
  classical: {
    major: {
      progressions: [
        "I | IIm7 | V7 | I",
        "I | V7 | I | V7",
        "I | VIm | IIm | V7",
        "I | IV | V7 | I",
        "VIm | II7 | V | V7",
      ],
      cadence: "IIm V7",
      home: "I",
    },
    minor: {
      progressions: [
        "Im | IVm | V7 | Im",
        "Im | V7 | Im | V7",
        "Im | bVI | IIm7b5 | V7",
        "Im | IVm | bVII7 | bIII",
        "bIII | bVII7 | V7 | Im",
      ],
      cadence: "IVm V7",
      home: "Im",
    },
  },
  andalusian: both({
    progressions: [
      "IVm | bIII | bII | I",
      "I | bII | bIII | bII",
      "IVm | bIII | bII | I",
      "I | bII | I | bVIIm",
    ],
    cadence: "bIII bII",
    home: "I",
  }),
};

/**
 * The progressions for dorian, mixolydian, lydian and phrygian. They replace the progressions of every harmony language
 * except blues and andalusian, because with chords for major or minor, a piece would sound as if it were in major or
 * minor.
 */
const modal: Readonly<Partial<Record<Mode, Vocabulary>>> = {
  dorian: {
    progressions: [
      "Im7 | IV7 | Im7 | IV7",
      "Im9 | IIm7 | bIIImaj7 | IV7",
      "Im7 | Vm7 | IV7 | Im7",
      "Im9 | IV7 | bVIImaj7 | IV7",
    ],
    cadence: "IIm7 IV7",
    home: "Im9",
  },
  mixolydian: {
    progressions: ["I | bVII | IV | I", "I | IV | bVII | IV", "I | Vm | bVII | IV", "I | bVII | I | IV"],
    cadence: "bVII IV",
    home: "I",
  },
  lydian: {
    progressions: ["Imaj9 | II | Imaj9 | II", "Imaj7 | VIIm7 | VIm7 | II", "Imaj9 | II | VIm9 | VIIm7"],
    cadence: "II",
    home: "Imaj9",
  },
  phrygian: {
    progressions: ["Im | bII | Im | bVIIm", "Im7 | bIImaj7 | bIIImaj7 | bIImaj7", "Im | bIII | bII | Im"],
    cadence: "bVIIm bII",
    home: "Im",
  },
};

export const vocabularyOf = (language: HarmonyLanguage, mode: Mode): Vocabulary =>
  language === "blues" || language === "andalusian"
    ? later[language][isDark(mode) ? "minor" : "major"]
    : (modal[mode] ??
      (language in later ? later[language as keyof typeof later] : tonal[language as keyof typeof tonal])[
        mode === "minor" ? "minor" : "major"
      ]);

const isDark = (mode: Mode): boolean => mode === "minor" || mode === "dorian" || mode === "phrygian";
