// The script of tables that a reader may sort: a click on a head sorts by its column, another turns it round.
// Without it the table stands as it is.

export const sorting = [
  "for(const t of document.querySelectorAll('table.sortable')){const b=t.tBodies[0],hs=[...t.tHead.rows[0].cells];",
  "hs.forEach((h,i)=>{const k=document.createElement('button');k.textContent=h.textContent;h.replaceChildren(k);",
  "k.onclick=()=>{const up=h.getAttribute('aria-sort')!=='ascending';",
  "hs.forEach(x=>x.removeAttribute('aria-sort'));h.setAttribute('aria-sort',up?'ascending':'descending');",
  'const v=r=>{const c=r.cells[i],d=c.dataset.by;',
  "return d===''?[c.textContent===''||c.textContent==='\\u2013'?2:1,c.textContent]:[0,Number(d)]};",
  'b.append(...[...b.rows].map(r=>[v(r),r])',
  ".sort(([x],[y])=>x[0]-y[0]||(up?1:-1)*(x[0]?x[1].localeCompare(y[1],'en',{numeric:true}):x[1]-y[1]))",
  '.map(([,r])=>r))}})}',
].join('');

/**
 * The only script that a page's content security policy lets run. test/report/page.test.ts holds it to the text above.
 */
export const sortingHash = 'sha256-BR5fkibP5jrXvGjIpkU0oV0y+wJeuuNLrVwogDaPYT4=';
