/** The page's looks: light and dark, one column on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --soft: #57606a; --line: #d4d9df; --link: #0550ae; --focus: #0969da;
  --red: #a40e26; --red-back: #ffebe9; --violet: #6e3bbd; --violet-back: #f3ecff; --amber: #7a4a00; --amber-back: #fff3d6;
  --blue: #0a4f9e; --blue-back: #e3f1ff; --green: #116329; --green-back: #dffbe6; --grey: #4b535c; --grey-back: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --text: #e6edf3; --soft: #9aa5b1; --line: #343b44; --link: #79b8ff; --focus: #58a6ff;
    --red: #ffa198; --red-back: #4a1418; --violet: #d8b9ff; --violet-back: #35215a; --amber: #f5c76a; --amber-back: #422d06;
    --blue: #9ecbff; --blue-back: #10305a; --green: #7ee2a0; --green-back: #0f3a1e; --grey: #b6bfc9; --grey-back: #2a3038;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; overflow-wrap: anywhere; }
header { padding-top: 1.5rem; }
footer { padding-bottom: 2rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
h3, h4 { font: inherit; font-weight: 600; margin: 0; display: inline; }
a { color: var(--link); }
code, pre { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; z-index: 1; }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft { color: var(--soft); }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; margin: 1rem 0; }
.verdict { border-left: 6px solid var(--green); }
.verdict.fails { border-left-color: var(--red); }
.verdict p { margin: .25rem 0 0; }
.verdict p:first-child { font-size: 1.1rem; margin: 0; }
.verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
.fails strong.word { color: var(--red); } .passes strong.word { color: var(--green); }
.numbers { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.numbers li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .8rem; min-width: 5.5rem; }
.numbers b { display: block; font-size: 1.35rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; border-radius: 999px; padding: .05rem .6rem; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.data-loss, .replace, .remove { color: var(--red); background: var(--red-back); }
.access { color: var(--violet); background: var(--violet-back); }
.interrupt, .unknown, .update { color: var(--amber); background: var(--amber-back); }
.capacity, .move { color: var(--blue); background: var(--blue-back); }
.add { color: var(--green); background: var(--green-back); }
.cosmetic, .none { color: var(--grey); background: var(--grey-back); }
.action { border-radius: 4px; min-width: 4.6rem; text-align: center; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem 1rem; }
legend { font-weight: 600; padding: 0; margin-bottom: .5rem; }
fieldset label { display: inline-flex; align-items: center; gap: .4rem; min-height: 2rem; cursor: pointer; }
input[type=checkbox] { width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--focus); }
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-top: .75rem; }
button { font: inherit; font-size: .9375rem; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; cursor: pointer; min-height: 2.25rem; }
summary { cursor: pointer; padding: .45rem .25rem; border-radius: 6px; }
summary:hover { background: var(--grey-back); }
.group > details, .group > .group { margin-left: 1.1rem; }
.stack { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .5rem .75rem; margin: .75rem 0; }
.group > summary + * { margin-top: 0; }
.change { border: 1px solid var(--line); border-radius: 8px; margin: .4rem 0; padding: 0 .5rem; scroll-margin-top: 1rem; }
.change > .body { padding: .25rem .25rem .75rem; }
.about { margin: 0 0 .5rem; color: var(--soft); font-size: .875rem; }
.findings { list-style: none; margin: .5rem 0; padding: 0; display: grid; gap: .4rem; }
.advice { white-space: pre-wrap; border-left: 4px solid var(--focus); padding-left: .75rem; margin: .75rem 0; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: .875rem; margin-top: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope=row] { font-weight: 400; }
td .badge { white-space: normal; }
.effect { width: 10rem; } .property { width: 28%; }
[hidden] { display: none !important; }
@media (max-width: 42rem) {
  header, main, footer { padding-left: .6rem; padding-right: .6rem; }
  .group > details, .group > .group { margin-left: .35rem; }
  .stack, .panel { padding-left: .5rem; padding-right: .5rem; }
  table, tbody, tr, th, td { display: block; width: auto; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-top: 1px solid var(--line); padding: .4rem 0; }
  th, td { border: 0; padding: .15rem 0; }
  td:empty, td:has(.absent) { display: none; }
  td[data-label]::before { content: attr(data-label); display: block; font-size: .75rem; color: var(--soft); }
}
@media print { .tools, fieldset { display: none; } }
`;
