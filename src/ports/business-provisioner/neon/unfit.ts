// Creates the error for a Neon project in which new businesses can't be created.
import { AppError } from "../../../errors.ts";

export const unfit = (message: string): AppError =>
  new AppError("CONFIG_INVALID", message, { hint: "Use a separate Neon project for Rondo." });
