// A Neon project that new businesses cannot be made in.
import { AppError } from "../../../errors.ts";

export const unfit = (message: string): AppError =>
  new AppError("CONFIG_INVALID", message, { hint: "Give Rondo a Neon project of its own." });
