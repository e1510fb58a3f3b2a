/** The complete style sheet of the page. It loads nothing. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #667085; --line: #e3e6ec;
  --accent: #d1491b; --chip: #eef1f6; --bad: #fdecea; --bad-ink: #9b1c12; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12151b; --card: #1b2029; --ink: #e7eaf0; --soft: #98a2b3; --line: #2c3340;
    --accent: #ff8a5c; --chip: #272e3a; --bad: #3d1a17; --bad-ink: #ffb4a9; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 1000px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; border-top: 4px solid var(--accent); max-width: none; }
header > * { max-width: 960px; margin-left: auto; margin-right: auto; }
h1 { font-size: 22px; margin-top: 0; margin-bottom: 4px; }
header p, footer, .age, .note { color: var(--soft); }
a { color: var(--accent); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 18px 0; padding: 16px 20px; }
h2 { font-size: 17px; margin: 0; overflow-wrap: anywhere; }
.age { margin: 2px 0 10px; font-size: 13px; }
.failed { background: var(--bad); color: var(--bad-ink); border-radius: 6px; padding: 8px 12px; }
.label { display: inline-block; background: var(--chip); border-radius: 5px; padding: 0 7px; margin: 1px 0 1px 6px;
  font-size: 13px; font-weight: 400; overflow-wrap: anywhere; }
td .label { margin: 1px 6px 1px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--soft); padding: 4px 12px 4px 0; }
td { padding: 4px 12px 4px 0; vertical-align: top; }
tr.first td { border-top: 1px solid var(--line); }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
td small { display: block; color: var(--soft); }
th:last-child, .value { text-align: right; padding-right: 0; }
.value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.empty { text-align: center; padding: 40px 20px; }
footer { padding-bottom: 28px; font-size: 13px; }
`;
