#include "server/status/style.h"

namespace rowkeeper::status {

namespace {

// Colours have a contrast of 4.5 at least on their ground. What they say is said by a word, too.
constexpr char kStyleSheet[] = R"(:root {
  color-scheme: light dark;
  --ground: #fff; --text: #1a1d21; --quiet: #59606a; --edge: #d5d9de; --panel: #f5f6f8;
  --good: #116329; --warning: #7d4e00; --bad: #b3141f; --link: #0550ae;
  --line-0: #0550ae; --line-1: #7d4e00; --line-2: #b3141f; --line-3: #5b21b6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --text: #e6e9ec; --quiet: #a3abb5; --edge: #3a4149; --panel: #1e2226;
    --good: #5fd37a; --warning: #e8b04b; --bad: #ff8b85; --link: #79b8ff;
    --line-0: #79b8ff; --line-1: #e8b04b; --line-2: #ff8b85; --line-3: #c4a5ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; padding: .75rem 0; border-bottom: 1px solid var(--edge); }
header p { margin: 0; font-weight: 700; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .35rem 0; }
nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
h1 { font-size: 1.5rem; margin: 1rem 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.made { color: var(--quiet); font-size: .875rem; margin: .5rem 0 0; }
.finding { border: 1px solid var(--edge); border-left: .4rem solid var(--quiet); background: var(--panel); padding: .5rem .75rem; margin: .5rem 0; }
.finding p { margin: 0; }
.finding .remedy { margin-top: .25rem; white-space: pre-wrap; }
ul.findings { list-style: none; margin: 0; padding: 0; }
.good { border-left-color: var(--good); } .warning { border-left-color: var(--warning); } .bad { border-left-color: var(--bad); }
.mark { font-weight: 700; }
.good > .mark, p.good > .mark, td.good, dd.good { color: var(--good); }
.warning > p > .mark, td.warning, dd.warning { color: var(--warning); font-weight: 600; }
.bad > p > .mark, td.bad, dd.bad { color: var(--bad); font-weight: 600; }
.good > p > .mark { color: var(--good); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
figure { margin: 0; padding: .75rem; border: 1px solid var(--edge); }
figcaption { font-weight: 600; }
figure svg { display: block; width: 100%; height: 7rem; overflow: visible; }
figure svg.key { display: inline-block; width: 1.5rem; height: .5rem; margin-right: .4rem; }
.grid { stroke: var(--edge); fill: none; vector-effect: non-scaling-stroke; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.line-0 { stroke: var(--line-0); } .line-1 { stroke: var(--line-1); stroke-dasharray: 6 4; }
.line-2 { stroke: var(--line-2); stroke-dasharray: 2 4; } .line-3 { stroke: var(--line-3); stroke-dasharray: 10 3 2 3; }
figure.drawing { margin: .5rem 0; } figure.drawing svg { height: auto; max-width: 44rem; }
.arc { fill: none; stroke: var(--line-0); stroke-width: 1.5; } .end { fill: var(--line-0); }
.node { fill: var(--text); font: 14px ui-monospace, monospace; }
.scale, .span { margin: 0; color: var(--quiet); font-size: .8rem; }
.span { display: flex; justify-content: space-between; }
.legend { list-style: none; margin: .25rem 0 0; padding: 0; font-size: .9rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr)); gap: .5rem 1rem; margin: .5rem 0; }
dl div { border-top: 1px solid var(--edge); padding-top: .25rem; }
dt { color: var(--quiet); font-size: .875rem; }
dd { margin: 0; font-size: 1.1rem; }
.wide { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--edge); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.time { white-space: nowrap; }
code { font: .875em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
form { margin: .5rem 0; } label { font-weight: 600; margin-right: .5rem; }
input, button { font: inherit; color: var(--text); background: var(--panel); border: 1px solid var(--quiet); padding: .25rem .6rem; min-height: 2rem; }
input { width: min(100%, 24rem); } button { cursor: pointer; border-color: var(--bad); color: var(--bad); font-weight: 600; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
td code { display: inline-block; min-width: 9rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--edge); padding-top: .5rem; color: var(--quiet); font-size: .875rem; }
@media print { nav, .skip { display: none; } .wide { overflow: visible; } }
)";

}  // namespace

std::string StyleSheet() { return kStyleSheet; }

}  // namespace rowkeeper::status
