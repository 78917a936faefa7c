// What the suites look at in a page. Each of these runs in the browser, so each stands alone.

/** Controls too low for a thumb. */
export function smallControls() {
  return [...document.querySelectorAll('main button, header nav a, main select, main input:not([type=hidden], [type=radio], [type=checkbox])')]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 40)
    .map((element) => element.textContent || element.name);
}

/** Controls without a name. */
export function namelessControls() {
  return [...document.querySelectorAll('input:not([type=hidden]), button, a, select')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !element.labels?.length && !element.textContent.trim() && !element.getAttribute('aria-label'))
    .map((element) => element.outerHTML.slice(0, 80));
}

/** Texts whose contrast with what lies behind them is below 4.5:1 (3:1 for large ones), WCAG 2.2. */
export function faintTexts() {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = read(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.closest('script, svg, .visually-hidden')) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(read(style.color)), luminance(groundOf(element))].sort((a, b) => b - a);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return faint;
}
