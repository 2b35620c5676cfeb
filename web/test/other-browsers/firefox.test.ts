// Tests the main user stories of the page in Firefox.
import { startFirefox } from "./firefox.ts";
import { tellStories } from "./stories.ts";

tellStories({ name: "Firefox", programs: ["firefox-esr"], seeksEarly: true, start: startFirefox });
