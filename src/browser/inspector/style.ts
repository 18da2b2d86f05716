/**
 * How the panel looks. A constructable stylesheet needs no permission of a page's `style-src`.
 */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: auto 0 0 auto !important;
  z-index: 2147483647 !important;
  display: block !important;
  color-scheme: light dark;
  --back: #ffffff; --soft: #f3f4f6; --line: #d5d8de; --ink: #16181d; --dim: #565c68; --accent: #2554c7; --on-accent: #ffffff;
  --problem: #b3191f; --warning: #8a5200; --note: #46505f; --fine: #17693a;
}
@media (prefers-color-scheme: dark) {
  :host {
    --back: #16181d; --soft: #22252c; --line: #3b404b; --ink: #eceef2; --dim: #a9b0bd; --accent: #9bb8ff; --on-accent: #10131a;
    --problem: #ff8f8f; --warning: #f2b75c; --note: #a9b6c9; --fine: #76d69a;
  }
}
* { box-sizing: border-box; }
.panel, .pill { font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); text-align: start; }
.panel {
  display: flex; flex-direction: column; width: min(440px, 100vw - 24px); max-height: min(680px, 100vh - 24px); margin: 0 12px 12px 0;
  background: var(--back); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 8px 32px rgb(0 0 0 / 0.28); overflow: hidden;
}
[hidden] { display: none !important; }
header { display: grid; gap: 8px; padding: 12px 14px 10px; border-block-end: 1px solid var(--line); background: var(--soft); }
.title { display: flex; align-items: baseline; justify-content: space-between; gap: 8px; }
h2 { margin: 0; font-size: 14px; font-weight: 650; }
.version { color: var(--dim); font-size: 12px; font-weight: 400; }
.state { margin: 0; font-size: 15px; font-weight: 600; }
.said { font-size: 13px; color: var(--dim); }
.said:empty { margin-block-start: -8px; }
.tools { display: flex; flex-wrap: wrap; gap: 6px; }
button {
  font: inherit; font-size: 13px; line-height: 1.3; min-height: 32px; padding: 4px 10px; color: var(--ink); background: var(--back);
  border: 1px solid var(--line); border-radius: 8px; cursor: pointer;
}
button:hover { border-color: var(--dim); }
button:disabled { color: var(--dim); cursor: default; }
:is(button, summary, .body):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.body:focus-visible { outline-offset: -2px; }
.pill {
  display: flex; align-items: center; gap: 8px; min-height: 40px; margin: 0 12px 12px 0; padding: 8px 14px; max-width: calc(100vw - 24px);
  border-radius: 20px; box-shadow: 0 4px 16px rgb(0 0 0 / 0.24); font-size: 14px;
}
.body { overflow: auto; overscroll-behavior: contain; padding: 4px 14px 12px; }
details { border-block-end: 1px solid var(--line); }
details:last-child { border: 0; }
summary { display: flex; justify-content: space-between; gap: 12px; padding: 10px 2px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary h3 { display: inline; margin: 0; font-size: 14px; font-weight: 600; white-space: nowrap; }
summary h3::before { content: ""; display: inline-block; width: 7px; height: 7px; margin: 0 9px 2px 2px; border: solid var(--dim); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
details[open] > summary h3::before { transform: rotate(45deg); margin-block-end: 4px; }
.short { color: var(--dim); font-size: 13px; text-align: end; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
details[open] > summary .short { visibility: hidden; }
ul, dl, p { margin: 0; padding: 0; }
ul { list-style: none; padding-block-end: 10px; }
li { padding: 6px 0 6px 12px; border-inline-start: 3px solid var(--line); margin-block-end: 6px; overflow-wrap: anywhere; }
li:last-child { margin-block-end: 0; }
.level { font-size: 11px; font-weight: 700; letter-spacing: 0.04em; text-transform: uppercase; }
.problem { border-color: var(--problem); } .problem .level { color: var(--problem); }
.warning { border-color: var(--warning); } .warning .level { color: var(--warning); }
.note { border-color: var(--note); } .note .level { color: var(--note); }
.fine { border-color: var(--fine); } .fine .level { color: var(--fine); }
.advice { color: var(--dim); }
dl { display: grid; grid-template-columns: minmax(84px, max-content) 1fr; gap: 4px 12px; padding-block-end: 10px; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
h4 { margin: 0 0 4px; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
li dl { padding: 0; font-size: 13px; }
.empty { padding-block-end: 10px; color: var(--dim); }
@media (max-width: 480px) {
  :host { inset: auto 0 0 0 !important; }
  .panel { width: 100vw; max-height: 70vh; margin: 0; border-width: 1px 0 0; border-radius: 12px 12px 0 0; }
  .pill { margin-inline-start: auto; }
}
@media (forced-colors: active) { li { border-color: CanvasText; } }
@media print { :host { display: none !important; } }
`;
