// Contains the CSS of the documentation pages, with the colours of the web app.
export const docsStyle = `
:root{color-scheme:light dark;--paper:light-dark(#e6ece8,#0d1716);--raised:light-dark(#f2f6f3,#14211f);--ink:light-dark(#12211e,#e4ece7);--soft:light-dark(#4a5b56,#9fb0a9);--line:light-dark(#c3cfc8,#263733);--accent:light-dark(#b5320d,#ff6b45)}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;scroll-padding-top:4rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:68rem;padding:1.5rem 1rem 4rem}
a{color:var(--accent);text-underline-offset:3px}
h1{font:600 2rem/1.2 Georgia,serif;margin:0 0 .5rem}
h2{font:600 1.35rem/1.2 Georgia,serif;margin:2.5rem 0 0;padding-bottom:.5rem;border-bottom:1.5px solid var(--ink)}
h3{font-size:1rem;margin:1.25rem 0 .4rem}
p{margin:.5rem 0;max-width:46rem;text-wrap:pretty}
small{font-size:.85em;font-weight:400;color:var(--soft)}
code,pre{font:13px/1.55 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
nav{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line);margin:1rem -1rem 0;padding:0 1rem}
nav ul{display:flex;gap:1.1rem;list-style:none;margin:0;padding:0;overflow-x:auto;scrollbar-width:none}
nav a{display:block;padding:.7rem 0;white-space:nowrap;text-decoration:none}
details{border-bottom:1px solid var(--line)}
details[open]{padding-bottom:1.25rem}
summary{cursor:pointer;display:grid;grid-template-columns:4.25rem minmax(0,1fr) minmax(0,1fr);gap:0 .75rem;align-items:baseline;padding:.65rem 0;list-style:none}
summary::-webkit-details-marker{display:none}
summary:hover code{color:var(--accent)}
summary code{overflow-wrap:anywhere}
summary span{color:var(--soft)}
summary b{font-size:.8rem;letter-spacing:.04em}
#schemas summary{grid-template-columns:minmax(0,1fr) minmax(0,2fr)}
.who{color:var(--soft);font-style:italic;margin-top:0}
pre{overflow:auto;margin:.4rem 0;padding:.8rem 1rem;background:var(--raised);border:1px solid var(--line);border-radius:.5rem}
pre i{color:var(--soft)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{font-size:.85em;font-weight:400;color:var(--soft)}
tbody th{width:30%}
tbody td:nth-child(2){width:28%}
th small{display:block}
.codes{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;list-style:none;margin:0;padding:0}
dt{margin-top:1.1rem}
dd{margin:.15rem 0 0}
:target>summary,dt:target{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:44rem){
summary,#schemas summary{grid-template-columns:auto minmax(0,1fr)}
summary b{min-width:3.4rem}
summary span{grid-column:1/-1}
#schemas summary{grid-template-columns:minmax(0,1fr)}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
th,td,tbody th,tbody td:nth-child(2){display:block;width:auto;border:0;padding:.05rem 0}
th small{display:inline;margin-left:.6rem}
}`.replaceAll("\n", "");
