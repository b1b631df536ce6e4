(root = document) => {
  const node = root.activeElement;
  if (!node || node === document.body) return null;
  const style = getComputedStyle(node);
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return [(node.innerText || node.name || node.tagName).trim(), ringed, node.getBoundingClientRect().height > 0];
}
