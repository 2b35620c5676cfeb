// The time limit of a test that sets none: five seconds, Bun's own, are too few on a busy machine. Loaded by bunfig.toml.
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(20_000);
