// Derives all colours of the page, for the light and the dark scheme, from the four colours of a theme. If `unreadable`
// finds no fault in the theme, text has a contrast of at least 4.5:1 with its background (WCAG 2.2, 1.4.3), and borders
// of controls have a contrast of at least 3:1 (1.4.11).
import { colord, extend, type Colord } from "colord";
import a11y from "colord/plugins/a11y";
import mix from "colord/plugins/mix";

extend([a11y, mix]);

export interface ThemeColours {
  /** The background. */
  readonly paper: string;
  readonly ink: string;
  /** The colour of less important text. */
  readonly soft: string;
  /** The colour of the playing piece, of links, and of the main button. */
  readonly accent: string;
}

const textContrast = 4.5;
const edgeContrast = 3;
const texts = ["ink", "soft", "accent"] as const;

/**
 * Returns a fault for each text colour whose contrast with the paper or with the raised surfaces is
 * less than 4.5:1.
 */
export function unreadable(
  colours: ThemeColours,
): readonly { readonly at: string; readonly message: string }[] {
  const isDark = isDarkScheme(colours);
  const raised = raisedOf(colord(colours.paper), isDark);
  return texts.flatMap((name) => {
    const contrast = contrastOf(colours[name], [colours.paper, raised.toHex()]);
    if (contrast >= textContrast) return [];
    const how = isDark ? "lighter" : "darker";
    const rounded = Math.floor(contrast * 10) / 10;
    return [
      {
        at: name,
        message: `The contrast of ${name} ${colours[name]} with paper ${colours.paper}, or with the raised surfaces that Rondo makes from it, is only ${rounded}:1; text needs 4.5:1. Make ${name} ${how}.`,
      },
    ];
  });
}

/**
 * Returns the CSS declarations of the page's colours, in both schemes. The theme's own colours are the dark scheme if
 * its ink is lighter than its paper, and otherwise the light scheme. The other scheme is derived from them.
 */
export function colourDeclarations(colours: ThemeColours): string {
  const own = schemeOf(colours);
  const other = schemeOf(opposite(colours));
  const [light, dark] = isDarkScheme(colours) ? [other, own] : [own, other];
  return Object.keys(own)
    .map((name) => `--${name}:light-dark(${light[name]},${dark[name]})`)
    .join(";");
}

/** Returns the background colour of both schemes, for the status bar of a phone. */
export function papersOf(colours: ThemeColours): { readonly light: string; readonly dark: string } {
  const other = opposite(colours).paper;
  return isDarkScheme(colours)
    ? { light: other, dark: colours.paper }
    : { light: colours.paper, dark: other };
}

/** Whether the ink is lighter than the paper. */
const isDarkScheme = ({ paper, ink }: Pick<ThemeColours, "paper" | "ink">): boolean =>
  colord(ink).luminance() > colord(paper).luminance();

function schemeOf(colours: ThemeColours): Record<string, string> {
  const { paper, ink, soft, accent } = colours;
  const isDark = isDarkScheme(colours);
  const raised = raisedOf(colord(paper), isDark);
  const grounds = [paper, raised.toHex()];
  return {
    paper,
    raised: raised.toHex(),
    ink,
    soft,
    accent,
    line: colord(paper).mix(ink, 0.16).toHex(),
    edge: moved(colord(paper).mix(ink, 0.4), grounds, edgeContrast, isDark),
    "on-accent": colord(accent).contrast("#fff") >= textContrast ? "#fff" : "#000",
    danger: moved(colord(isDark ? "#ff8fa0" : "#9c1028"), grounds, textContrast, isDark),
  };
}

/**
 * Returns the colours of the other scheme. In a derived light scheme, paper and ink keep their hues. In a derived dark
 * scheme they exchange their hues: the paper has the hue of the theme's ink, and the ink that of its paper. Text
 * colours are made lighter or darker until their contrast is sufficient.
 */
function opposite({ paper, ink, soft, accent }: ThemeColours): ThemeColours {
  const isDark = !isDarkScheme({ paper, ink });
  const withLightness = (colour: string, l: number): Colord => {
    const { h, s } = colord(colour).toHsl();
    return colord({ h, s: Math.min(s, 40), l });
  };
  const ground = withLightness(isDark ? ink : paper, isDark ? 8 : 95);
  const grounds = [ground.toHex(), raisedOf(ground, isDark).toHex()];
  return {
    paper: ground.toHex(),
    ink: moved(withLightness(isDark ? paper : ink, isDark ? 92 : 10), grounds, textContrast, isDark),
    soft: moved(colord(soft), grounds, textContrast, isDark),
    accent: moved(colord(accent), grounds, textContrast, isDark),
  };
}

const raisedOf = (paper: Colord, isDark: boolean): Colord =>
  isDark ? paper.lighten(0.04) : paper.mix("#fff", 0.5);

const contrastOf = (colour: string, grounds: readonly string[]): number =>
  Math.min(...grounds.map((ground) => colord(colour).contrast(ground)));

/**
 * Makes a colour lighter (in a dark scheme) or darker (in a light scheme) until its contrast with all `grounds` is at
 * least `contrast`. If no such colour is found, returns white (in a dark scheme) or black (in a light scheme).
 * Their contrast is at least as high as the contrast of the ink: the ink of a dark scheme is at most as light as white,
 * and the ink of a light scheme is at most as dark as black.
 */
function moved(colour: Colord, grounds: readonly string[], contrast: number, isDark: boolean): string {
  let now = colour;
  for (let step = 0; step < 50 && contrastOf(now.toHex(), grounds) < contrast; step++)
    now = isDark ? now.lighten(0.02) : now.darken(0.02);
  return contrastOf(now.toHex(), grounds) >= contrast ? now.toHex() : isDark ? "#ffffff" : "#000000";
}
