// Tests the main user stories of the page in WebKitGTK.
import { tellStories } from "./stories.ts";
import { startWebKit } from "./webkit.ts";

tellStories({
  name: "WebKitGTK",
  programs: ["WebKitWebDriver", "Xvfb"],
  seeksEarly: false,
  start: startWebKit,
});
