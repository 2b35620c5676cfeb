// Parses the address of an ACE-Step server: "acestep+http://127.0.0.1:8001?model=acestep-v15-turbo".

export interface AceStepPlace {
  readonly base: string;
  readonly model: string | undefined;
  /**
   * How much of the parent's audio a changed version keeps, from 0 to 1: the parameter `strength`
   * of the address, by default 0.5.
   */
  readonly coverStrength: number;
}

export function findPlace(location: string): AceStepPlace | undefined {
  const url = URL.parse(location.replace(/^acestep\+/, ""));
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "") return undefined;
  const strength = Number(url.searchParams.get("strength") ?? 0.5);
  if (!(strength >= 0 && strength <= 1)) return undefined;
  return {
    base: `${url.origin}${url.pathname.replace(/\/$/, "")}`,
    model: url.searchParams.get("model") ?? undefined,
    coverStrength: strength,
  };
}
