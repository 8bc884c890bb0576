() => {
  // What is wrong with how the page looks now: an empty list if nothing is.
  const faults = [], box = e => e.getBoundingClientRect(), style = e => getComputedStyle(e);
  const over = (p, q, by) =>
    p.left < q.right - by && q.left < p.right - by && p.top < q.bottom - by && q.top < p.bottom - by;
  const scale = new DOMMatrix(style(world).transform).a;
  const cards = [...document.querySelectorAll('#cards .card')];
  const faces = cards.map(card => box(card.querySelector('.face')));
  faces.forEach((p, i) => faces.slice(i + 1).forEach((q, j) => {
    if (over(p, q, 1)) faults.push(`cards overlap: ${cards[i].textContent} / ${cards[i + j + 1].textContent}`);
  }));
  cards.forEach((card, i) => {
    const shown = t => t.textContent && style(t).display !== 'none';
    const texts = [...card.querySelectorAll('text')].filter(shown);
    const isSymbol = t => t.classList.contains('symbol');
    for (const text of texts) {
      const b = box(text), size = parseFloat(style(text).fontSize) * scale;
      if (size < 10.99) faults.push(`too small: ${text.textContent} ${size}`);
      const home = isSymbol(text) ? box(text.previousElementSibling) : faces[i];
      const out = b.left < home.left - 0.5 || b.right > home.right + 0.5;
      if (out || b.top < home.top - 1.5 || b.bottom > home.bottom + 1.5) {
        faults.push(`text leaves its card: ${text.textContent}`);
      }
    }
    texts.forEach((t, j) => texts.slice(j + 1).forEach(u => {
      // The boxes of lines reach above and below their letters.
      const room = isSymbol(t) || isSymbol(u) ? 0.5 : 4 * scale;
      if (over(box(t), box(u), room)) faults.push(`texts overlap: ${t.textContent} / ${u.textContent}`);
    }));
  });
  for (const e of document.querySelectorAll('header *, #transport *, #step *, #steps *, #sliders *')) {
    const bare = !e.childElementCount && e.textContent.trim() && e.offsetParent;
    if (bare && parseFloat(style(e).fontSize) < 11) faults.push(`small text: ${e.textContent}`);
  }
  for (const cell of document.querySelectorAll('.rules td')) {
    const inside = Math.max(...[...cell.children].map(e => box(e).right)), b = box(cell);
    if (inside > b.right + 1 && b.right < innerWidth) faults.push(`a cell is too narrow: ${cell.textContent}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the window');
  const header = [...document.querySelectorAll('header > *')].filter(e => e.offsetParent);
  header.forEach((e, i) => header.slice(i + 1).forEach(f => {
    if (over(box(e), box(f), 1)) faults.push(`header: ${e.textContent} / ${f.textContent}`);
  }));
  return faults;
}
