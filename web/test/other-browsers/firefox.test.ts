// Tests the main user stories of the web page in Firefox. Skipped without Firefox, except on CI.
import { startFirefox } from "./firefox.ts";
import { tellStories } from "./stories.ts";

tellStories({ name: "Firefox", programs: ["firefox-esr"], seeksEarly: true, start: startFirefox });
