// Parses the address of a server that answers one POST with an audio file. The parameters of the
// address define the names of the server's fields: with `prompt=text`, Rondo sends the prompt in
// the field `text`.
import { formatOf, type SourceFormat } from "../audio-intake.ts";
import { type Dialect, dialects } from "./dialects.ts";

export interface AudioHttpPlace {
  readonly url: string;
  readonly dialect: Dialect;
  readonly model: string | undefined;
  /**
   * The format of the audio in the server's answers. If this format is given, the Content-Type of the answers is
   * ignored. For PCM, this format must be given if the server sends no Content-Type.
   */
  readonly answer: SourceFormat | undefined;
}

const fieldNames = ["prompt", "seconds", "seed", "lyrics", "tempo", "key", "instrumental"] as const;
const otherNames = ["dialect", "model", "modelField", "sends", "secondsMax", "unitsPerSecond", "answer"];

/**
 * Returns the parsed address. If the address can't work, returns a sentence with the reason, for example if
 * `secondsMax` is not a number above 0. The returned `url` does not contain the parameters. A parameter that begins
 * with "set." sets a field to a constant value: `audio+http://host/make?prompt=text&seconds=length&set.steps=50`. If
 * this value is a number, `true` or `false`, a JSON request contains a number or a boolean, and not a text.
 */
export function findPlace(location: string): AudioHttpPlace | string {
  const url = URL.parse(location.replace(/^audio\+/, ""));
  if (url === null || !/^https?:$/.test(url.protocol))
    return "It is not the address of a server. Write it like audio+http://host:port.";
  if (url.username !== "" || url.password !== "")
    return "A key belongs in RONDO_GENERATOR_KEY, not in the address.";
  const parameters = url.searchParams;
  const name = parameters.get("dialect");
  const known = name !== null && Object.hasOwn(dialects, name) ? dialects[name] : undefined;
  if (name !== null && known === undefined)
    return `The dialect ${name} is not known. The known dialects are ${Object.keys(dialects).join(", ")}.`;
  if (known === undefined && !parameters.has("prompt"))
    return "The address has neither a dialect nor a field for the prompt: add ?dialect=localai, or ?prompt=input&seconds=duration.";
  const unknown = [...parameters.keys()].find((key) => !isKnown(key));
  if (unknown !== undefined)
    return `The parameter ${unknown} is not known; a fixed field is written as set.${unknown}=….`;
  const sends = parameters.get("sends");
  if (sends !== null && sends !== "form" && sends !== "json")
    return `The parameter "sends" has to be form or json, not ${sends}.`;
  const notNumber = ["secondsMax", "unitsPerSecond"].find(
    (key) => parameters.has(key) && !(Number(parameters.get(key)) > 0),
  );
  if (notNumber !== undefined) return `The parameter ${notNumber} is not a number above 0.`;
  const type = parameters.get("answer");
  const answer = type === null ? undefined : formatOf(type);
  if (type !== null && answer === undefined)
    return 'The parameter "answer" does not name a type of sound. Write it like answer=audio/pcm;rate=24000;channels=1;encoding=s16le.';
  const path = url.pathname === "/" ? (known?.path ?? "/") : url.pathname;
  return {
    url: `${url.origin}${path}`,
    dialect: adjusted(known ?? plain, parameters),
    model: parameters.get("model") ?? undefined,
    answer,
  };
}

const plain: Dialect = { path: "/", sends: "json", fields: { prompt: "prompt" }, fixed: {} };

const isKnown = (key: string): boolean =>
  otherNames.includes(key) || key.startsWith("set.") || fieldNames.some((name) => name === key);

function adjusted(dialect: Dialect, parameters: URLSearchParams): Dialect {
  const fields = Object.fromEntries(
    fieldNames.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name) ?? ""]] : [])),
  );
  const fixed = Object.fromEntries(
    [...parameters].flatMap(([key, value]) =>
      key.startsWith("set.") ? [[key.slice(4), fixedValueOf(value)]] : [],
    ),
  );
  const [secondsMax, unitsPerSecond] = ["secondsMax", "unitsPerSecond"].map((name) =>
    Number(parameters.get(name)),
  );
  return {
    ...dialect,
    sends: (parameters.get("sends") as Dialect["sends"] | null) ?? dialect.sends,
    fields: {
      ...dialect.fields,
      ...fields,
      model: parameters.get("modelField") ?? dialect.fields.model ?? "model",
    },
    fixed: { ...dialect.fixed, ...fixed },
    ...(secondsMax ? { secondsMax } : {}),
    ...(unitsPerSecond ? { unitsPerSecond } : {}),
  };
}

const fixedValueOf = (text: string): string | number | boolean => {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
};
