// Throws URL_TOO_LONG for a URL that is too long to be logged and stored. Throws NOT_FOUND for a
// path that contains NUL, because not every store accepts NUL. Both checks come before any handler
// reads the request.
import { createMiddleware } from "hono/factory";
import { AppError, notFound } from "../../errors.ts";
import type { HttpEnv } from "../wire.ts";

/** The maximum length of a URL in characters. A URL that lists a thousand ids has about 40,000 characters. */
export const urlLengthMax = 64 * 1024;

export const limitUrl = createMiddleware<HttpEnv>((c, next) => {
  const { url } = c.req.raw;
  if (url.length > urlLengthMax) {
    throw new AppError("URL_TOO_LONG", `The URL is longer than ${urlLengthMax} characters.`, {
      hint: "Named queries also accept their parameters as a JSON body with POST.",
    });
  }
  if (c.req.path.includes("\0")) throw notFound("page");
  return next();
});
