// Tests the main user stories of the web page in Firefox. If Firefox is missing, the tests are skipped. On CI, this
// file fails instead.
import { startFirefox } from "./firefox.ts";
import { tellStories } from "./stories.ts";

tellStories({ name: "Firefox", programs: ["firefox-esr"], seeksEarly: true, start: startFirefox });
