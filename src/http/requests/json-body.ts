// Reads the JSON body of a request. The body is either accepted unchanged or refused with the reason.
import { isObject } from "../../queries/spec/json-reader.ts";
import { AppError, type Fault } from "../../errors.ts";
import { type ExactJson, isStorableText, parseExactJson } from "../../exact-json.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a JSON body. Throws UNSUPPORTED_MEDIA_TYPE if the content type is not application/json, and
 * INVALID_BODY if the body is not UTF-8 or `parseExactJson` refuses the body, for example because
 * the body is empty. Does not limit the size of the body: `app.ts` does so earlier.
 */
export async function readJsonBody(request: Request): Promise<Exclude<ExactJson, { fault: string }>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "The body must be JSON.", {
      hint: "Send Content-Type: application/json.",
    });
  }
  const parsed = parseExactJson(utf8Of(new Uint8Array(await request.arrayBuffer())));
  if (!("fault" in parsed)) return parsed;
  throw new AppError("INVALID_BODY", `The body can't be used. ${parsed.fault}`);
}

/**
 * Reads an object of parameters and keeps the exact digits of every number. Throws the errors of `readJsonBody`, and
 * INVALID_BODY if the value is not an object.
 */
export async function readJsonObject(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const { value } = await readJsonBody(request);
  if (isObject(value)) return value;
  throw new AppError("INVALID_BODY", "The body must be a JSON object of parameters.");
}

function utf8Of(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch (cause) {
    throw new AppError("INVALID_BODY", "The body is not UTF-8.", {
      hint: "Encode it as UTF-8 and send it again.",
      cause,
    });
  }
}

/**
 * Returns a fault for every string and every key that a database can't store unchanged. The fault's `at` is a JSON
 * pointer: for a string, to the string itself; for a key, to the object that has the key. The value of a faulty key is
 * not examined.
 */
export function unstorableTexts(value: unknown, at = ""): Fault[] {
  if (typeof value === "string") return isStorableText(value) ? [] : [{ at, message: noText }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return isStorableText(key) ? unstorableTexts(inner, here) : [{ at, message: noText }];
  });
}

const noText = "It contains an invalid character (NUL, or half of a surrogate pair).";
