/** The complete style sheet of the page. It loads nothing. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #5b6577; --line: #e3e6ec;
  --accent: #b93d12; --chip: #eef1f6; --good: #17703f; --warn: #8a5300; --bad: #b3261e; --bad-paper: #fdecea; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12151b; --card: #1b2029; --ink: #e7eaf0; --soft: #a3adbd; --line: #2c3340; --accent: #ff8a5c;
    --chip: #272e3a; --good: #6fd39b; --warn: #f0b95b; --bad: #ffb4a9; --bad-paper: #3d1a17; }
}
* { box-sizing: border-box; }
body { margin: 0; border-top: 4px solid var(--accent); background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 1040px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 24px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 2px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 28px 0 10px; }
header p { margin: 0; }
header p, footer, .note { color: var(--soft); }
a { color: var(--accent); }
.tiles { display: grid; grid-template-columns: 2fr 1.5fr 1fr 1fr; gap: 12px; margin: 20px 0 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 12px 16px; min-width: 0; }
.tile dt { color: var(--soft); font-size: 13px; }
.tile dd { margin: 0; font-size: 20px; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; }
.tile dd + dd { font-size: 13px; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; line-height: 1.5; }
.good { color: var(--good); }
.away { background: var(--bad-paper); border-color: var(--bad); }
.away dt, .away dd, .away dd + dd { color: var(--bad); }
.card { overflow: hidden; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 9px 16px; text-align: right; vertical-align: top; font-variant-numeric: tabular-nums; }
thead th { font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
thead th:first-child, tbody th { text-align: left; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
td { white-space: nowrap; }
.label { display: inline-block; background: var(--chip); border-radius: 5px; padding: 0 7px; margin: 1px 6px 1px 0;
  font-size: 13px; font-weight: 400; overflow-wrap: anywhere; }
.labels { display: block; }
meter { width: 72px; height: 10px; margin-left: 8px; }
.over { display: block; color: var(--warn); font-size: 13px; white-space: normal; }
.empty { padding: 36px 20px; text-align: center; }
.empty p { margin: 6px 0 0; color: var(--soft); }
.empty code { overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; }
.note { margin: 10px 0 0; font-size: 13px; }
footer { padding-top: 20px; padding-bottom: 28px; font-size: 13px; }
@media (max-width: 720px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile:first-child, .tile:nth-child(2) { grid-column: 1 / -1; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody, tbody tr, tbody th, tbody td { display: block; }
  tbody tr { padding: 10px 14px; }
  tbody tr:first-child { border-top: 0; }
  tbody th, tbody td { padding: 1px 0; text-align: left; }
  tbody td { white-space: normal; }
  tbody td::before { content: attr(data-column) ": "; color: var(--soft); }
}
`;
