// Tests the apps of businesses on SQLite.
import { appSuite } from "./fixtures/app-suite.ts";

appSuite(async () => ({}));
