/** How much two colours differ in brightness, as WCAG 2 counts it. */
export function contrast(one, other) {
  const luminance = colour => {
    const [r, g, b] = colour.match(/[\d.]+/g).map(part => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** In a page: elements with text and a background of their own or of what is behind them: [what, colour, background]. */
export function textColours() {
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (!/, 0\)|transparent/.test(backgroundColor)) return backgroundColor
    }
    return getComputedStyle(document.documentElement).backgroundColor
  }
  return [...document.querySelectorAll('body *')]
    .filter(element => element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(element => !element.closest('.fresh, svg'))
    .map(element => [`${element.tagName}.${element.className} ${element.textContent.slice(0, 30)}`, getComputedStyle(element).color, behind(element)])
}

/** In a page: by how many pixels it is wider than the window. */
export const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
