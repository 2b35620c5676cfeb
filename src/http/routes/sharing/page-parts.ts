// Contains the style and the script of shared pages. The content security policy allows the script
// by its hash, so a page must contain exactly the text of `sharedScript`.
import { createHash } from "node:crypto";

export const sharedStyle = `@font-face{font-family:"Brygada 1918";src:url("/assets/brygada-1918-latin-5.3.woff2") format("woff2");font-weight:400 700;font-display:swap}
:root{color-scheme:light dark;--paper:light-dark(#e6ece8,#0d1716);--ink:light-dark(#12211e,#e4ece7);--soft:light-dark(#4a5b56,#9fb0a9);--accent:light-dark(#c2370f,#ff6b45);--score:"Brygada 1918","Iowan Old Style",Georgia,serif;--ui:system-ui,sans-serif}
*{box-sizing:border-box;margin:0}html{background:var(--paper);color:var(--ink);font:16px/1.45 var(--ui)}
body{min-height:100dvh;display:grid;grid-template-rows:1fr auto;padding:20px}
main{display:grid;gap:20px;justify-items:center;align-content:center;text-align:center;width:min(100%,560px);margin:auto}
.cover svg{width:min(70vw,320px);height:auto;display:block}h1{font:600 28px/1.2 var(--score);overflow-wrap:anywhere}
p,small{color:var(--soft);text-wrap:balance}small{font:14px var(--ui);font-variant-numeric:tabular-nums}.words{width:100%}audio{width:100%;margin-top:16px}
ol{list-style:none;padding:0;width:100%}li{border-top:1px solid var(--soft)}
button{width:100%;min-height:48px;display:flex;justify-content:space-between;align-items:center;gap:12px;border:0;padding:0;background:none;color:inherit;font:500 17px var(--score);text-align:start;cursor:pointer}
button[aria-current]{color:var(--accent)}a{color:var(--accent)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
footer{text-align:center;font-size:14px;padding-top:20px}
.embedded{padding:10px;min-height:0}.embedded main{grid-template-columns:auto 1fr;text-align:start;gap:14px}.embedded .cover svg{width:110px}.embedded h1{font-size:19px;text-align:left}[dir=rtl] .embedded h1{text-align:right}.embedded audio{margin-top:6px}.embedded ol{grid-column:1/-1}.embedded footer{padding-top:6px}
`;

/**
 * A click on a piece of an album plays this piece and then the following pieces. The page must have
 * an `audio` element and at least one element with `data-sound`.
 */
export const sharedScript = `const audio=document.querySelector("audio"),all=[...document.querySelectorAll("[data-sound]")];
const play=b=>{all.forEach(o=>o.removeAttribute("aria-current"));b.setAttribute("aria-current","true");audio.src=b.dataset.sound;audio.play()};
all[0].setAttribute("aria-current","true");all.forEach(b=>b.onclick=()=>play(b));
audio.onended=()=>{const next=all[all.findIndex(b=>b.hasAttribute("aria-current"))+1];if(next)play(next)};`;

const scriptHash = createHash("sha256").update(sharedScript).digest("base64");

/**
 * Returns the content security policy. `frames` is the value of `frame-ancestors`: the origins that may show the page
 * in a frame. `soundOrigin` is the origin of stored sound, or empty if this server serves the sound.
 */
export const sharedPolicy = ({
  frames,
  soundOrigin,
}: {
  readonly frames: string;
  readonly soundOrigin: string;
}) =>
  `default-src 'none'; img-src 'self' data:; media-src 'self' ${soundOrigin}; style-src 'unsafe-inline'; font-src 'self'; ` +
  `script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors ${frames}`;
