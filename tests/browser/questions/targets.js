(root = document) => [...root.querySelectorAll('a[href], button, summary, input:not([type=hidden])')]
  .filter((node) => node.checkVisibility() && !(node.tagName === 'A' && node.closest('p')) && !node.matches('.skip'))
  .map((node) => [node.innerText || node.name, node.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([name, box]) => name + ' is ' + Math.round(box.width) + ' × ' + Math.round(box.height))
