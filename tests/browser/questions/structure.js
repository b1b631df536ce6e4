() => {
  const wrong = [], all = (css) => [...document.querySelectorAll(css)];
  const shown = (node) => node.checkVisibility();
  const name = (node) => (node.getAttribute('aria-label') || node.innerText || node.title || '').trim();
  if (!document.documentElement.lang) wrong.push('no language');
  if (!document.title.trim()) wrong.push('no title');
  for (const mark of ['header', 'main', 'footer'])
    if (all(mark).filter((node) => !node.closest('article, section') || mark === 'main').length !== 1) wrong.push('not one ' + mark);
  const levels = all('h1, h2, h3, h4').map((node) => +node.tagName[1]);
  if (levels.filter((level) => level === 1).length !== 1) wrong.push('not one h1');
  levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) wrong.push('heading h' + level + ' skips a level'); });
  for (const node of all('h1, h2, h3')) if (!node.innerText.trim()) wrong.push('an empty heading');
  for (const node of all('img')) if (!node.hasAttribute('alt')) wrong.push('a picture without alt: ' + node.src);
  for (const node of all('svg')) if (!node.hasAttribute('aria-hidden') && !node.getAttribute('aria-label')) wrong.push('a nameless drawing');
  for (const node of all('input:not([type=hidden]), select, textarea')) {
    if (!node.labels || !node.labels.length) wrong.push('a field without a label: ' + node.name);
    for (const id of (node.getAttribute('aria-describedby') || '').split(' ').filter(Boolean))
      if (!document.getElementById(id)) wrong.push(node.name + ' is described by the missing ' + id);
  }
  for (const node of all('a[href], button, summary')) if (shown(node) && !name(node)) wrong.push('a nameless ' + node.outerHTML);
  for (const node of all('nav, [aria-labelledby]')) {
    const by = node.getAttribute('aria-labelledby');
    if (by ? !document.getElementById(by) : !node.getAttribute('aria-label')) wrong.push('an unlabelled ' + node.tagName);
  }
  const ids = all('[id]').map((node) => node.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push('the id ' + id + ' twice');
  for (const node of all('ol > :not(li), ul > :not(li)')) wrong.push('not a list item: ' + node.outerHTML.slice(0, 80));
  return wrong;
}
