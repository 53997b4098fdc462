// What a report looks like: light and dark ground, wide and narrow screens, and paper.

import { darkColors, lightColors } from '../figures/look.js';

const light =
  '--ground:#ffffff;--box:#f5f7fa;--ink:#1b2430;--soft:#4b5866;--grid:#dfe4ea;--faint:#eff2f5;--link:#00588c;' +
  '--good:#00664a;--goodback:#e2f5ee;--open:#7a4b00;--openback:#fdf0d5;--bad:#a3210f;--badback:#fde8e4;' +
  lightColors;
const dark =
  '--ground:#12171d;--box:#1b222b;--ink:#e8edf2;--soft:#aab6c2;--grid:#333e4a;--faint:#232c35;--link:#7cc4f0;' +
  '--good:#6fe0b8;--goodback:#12352a;--open:#f5c566;--openback:#3a2c0c;--bad:#ff9d8c;--badback:#431b14;' +
  darkColors;
const letters = 'Inter,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif';
const fixedLetters = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace';

export const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:66rem;
background:var(--ground);color:var(--ink);font:16px/1.55 ${letters};overflow-wrap:break-word}
h1{margin:0;font-size:2rem;line-height:1.2;letter-spacing:-.015em}
h2{margin:0;font-size:1.5rem;line-height:1.3;letter-spacing:-.01em}
h3{margin:2.75rem 0 .75rem;font-size:1.125rem;line-height:1.35}
p{margin:.75rem 0;max-width:46rem}
a{color:var(--link)}
.made,.source{margin:.35rem 0 0;color:var(--soft);font-size:.9375rem}
.lead{margin:.75rem 0 0;font-size:1.125rem;line-height:1.5}
nav{margin-top:1.5rem;padding:.9rem 1.1rem;background:var(--box);border-radius:10px}
nav ol{margin:0;padding-left:1.4rem}
nav li{margin:.5rem 0;font-size:.9375rem}
section{margin-top:3rem;padding-top:2.25rem;border-top:1px solid var(--grid)}
nav+main section:first-child,header+main section:first-child{margin-top:2rem}
.note{max-width:none;padding:.7rem 1rem;border-left:4px solid var(--open);border-radius:0 10px 10px 0;
background:var(--openback);color:var(--ink)}
.badge{display:inline-block;padding:.15rem .6rem;border-radius:99px;font-size:.8125rem;font-weight:600;
letter-spacing:0;line-height:1.4;vertical-align:.2em}
.good{color:var(--good);background:var(--goodback)}
.open{color:var(--open);background:var(--openback)}
.bad{color:var(--bad);background:var(--badback)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.75rem;margin:1.5rem 0}
.cards:has(>:nth-child(4):last-child){grid-template-columns:repeat(4,minmax(0,1fr))}
.cards div{padding:.8rem 1rem;background:var(--box);border-radius:10px}
.cards dt{color:var(--soft);font-size:.875rem}
.cards dd{margin:0}
.cards b{display:block;font-size:1.3125rem;line-height:1.35;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.cards small{display:block;margin-top:.1rem;color:var(--soft);font-size:.8125rem;line-height:1.4}
figure{margin:1.75rem 0 2.25rem}
figcaption{margin-bottom:.6rem;color:var(--soft);font-size:.9375rem}
figcaption strong{color:var(--ink);font-weight:600}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.scroll{margin:1.25rem 0;overflow-x:auto;border:1px solid var(--grid);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:.84375rem;line-height:1.45;font-variant-numeric:tabular-nums}
caption{padding:.65rem .5rem;text-align:left;color:var(--soft)}
caption span{position:sticky;left:.5rem;display:inline-block;max-width:calc(min(100vw,66rem) - 4rem)}
th,td{padding:.38rem .5rem;text-align:left;vertical-align:baseline;border-top:1px solid var(--faint);white-space:nowrap}
td.long{white-space:normal;min-width:17rem}
thead th{color:var(--soft);font-weight:600;border-bottom:1px solid var(--grid)}
tbody th{font-weight:500}
tbody th.long{white-space:normal;min-width:11rem;max-width:24rem;overflow-wrap:anywhere}
.n{text-align:right}
.sum th,.sum td{border-top:1px solid var(--soft);font-weight:650}
tbody tr:hover{background:var(--box)}
details{margin:1rem 0;padding:0 1rem;border:1px solid var(--grid);border-radius:10px}
summary{margin:0 -1rem;padding:.65rem 1rem;cursor:pointer;font-weight:500;border-radius:10px}
details details{margin:.6rem 0}
pre{margin:.6rem 0 1rem;padding:.9rem 1rem;overflow-x:auto;background:var(--box);border-radius:8px;
font:.8125rem/1.5 ${fixedLetters};tab-size:2}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
details.result{margin:.6rem 0;padding:0 1.1rem}
details.result>summary{margin:0 -1.1rem;padding:.7rem 1.1rem}
details.result>summary h2{display:inline;font-size:1.0625rem}
details.result>summary>span{display:block;margin-top:.15rem;color:var(--soft);font-size:.9375rem;font-weight:400}
details.result[open]{padding-bottom:1rem}
th button{all:unset;cursor:pointer}
th button:focus-visible{outline:2px solid var(--link)}
th button::after{content:" \\2195";color:var(--soft);font-weight:400}
th[aria-sort] button::after{content:" \\2191";color:var(--ink)}
th[aria-sort=descending] button::after{content:" \\2193"}
@media (max-width:640px){
details,details.result{padding:0 .4rem}
summary,details.result>summary{margin:0 -.4rem;padding:.6rem .7rem}
body{padding:1.5rem 1rem 3rem}
h1{font-size:1.625rem}
h2{font-size:1.3125rem}
.wide{display:none}
.narrow{display:block}
.cards,.cards:has(>:nth-child(4):last-child){grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}
.cards div{padding:.65rem .75rem}
.cards b{font-size:1.0625rem}
tbody th,thead th:first-child{position:sticky;left:0;max-width:45vw;overflow:hidden;text-overflow:ellipsis;background:var(--ground)}
tbody th.long{min-width:0}
}
@media print{
:root{color-scheme:light;${light}}
@page{margin:16mm}
body{max-width:none;padding:0;font-size:10.5pt}
section{break-before:page;border:0;margin:0;padding:0}
header+main section:first-child{break-before:auto;margin-top:1.5rem}
figure,.cards,tr{break-inside:avoid}
h3{break-after:avoid}
.wide{display:block}
.narrow{display:none}
.scroll{overflow:visible}
th,td{white-space:normal;padding:.2rem .5rem}
table{font-size:.75rem}
pre{white-space:pre-wrap}
details.result{break-inside:avoid}
details.result[open]{break-inside:auto}
details:not(.result)::details-content{content-visibility:visible;block-size:auto}
th button::after{content:none!important}
.badge,.note,.cards div,nav,pre{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
